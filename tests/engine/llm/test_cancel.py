"""The language model with real weights: cancels."""

import json
import time

import pytest

from tests.engine.llm.llm_kit import ODD
from tritone.cancellation import Cancellation
from tritone.contract import LlmRequest, LlmResponse
from tritone.errors import Cancelled

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    "fields",
    [
        {"apply_chat_template": False},
        {"response_format": '{"type": "json_object"}'},
        {"tools": json.dumps([ODD]), "tool_choice": "required"},
        {"tools": json.dumps([ODD])},
    ],
    ids=["text", "json", "required", "auto"],
)
def test_a_cancel_stops_within_a_few_tokens(engine, fields):
    """In every way of decoding."""
    before = engine.statistics().generated_tokens
    cancellation = Cancellation()
    received = 0

    def emit(response: LlmResponse) -> None:
        nonlocal received
        received += 1
        if received == 3:
            cancellation.cancel(Cancelled("enough"))

    request = LlmRequest(
        text_input="Tell a very long story.", max_tokens=1500, stream=True, **fields
    )
    with pytest.raises(Cancelled):
        engine.generate(request, emit, cancellation)
    assert received == 3
    deadline = time.monotonic() + 30
    while engine.statistics().running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert engine.statistics().running == 0
    assert engine.statistics().generated_tokens - before < 40
