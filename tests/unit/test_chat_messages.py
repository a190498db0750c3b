"""Conversations in OpenAI's shape, on their way to the model's template."""

import json

import pytest

from tritone.contract import LlmRequest
from tritone.engines.llm.prompts import conversation
from tritone.errors import InvalidMessages, Unsupported

pytestmark = pytest.mark.unit

CALL = {"id": "c", "type": "function", "function": {"name": "now", "arguments": "{}"}}


def read(*sent: dict[str, object]) -> list[dict[str, object]]:
    """What the template is given for these messages."""
    return conversation(LlmRequest(messages=json.dumps(sent)), 4096)


@pytest.mark.parametrize(
    "call",
    [
        {},
        {**CALL, "type": "custom"},
        {**CALL, "id": 3},
        {**CALL, "function": {}},
        {**CALL, "function": {"name": "now"}},
        {**CALL, "function": {"arguments": "{}"}},
        {**CALL, "function": {"name": "now", "arguments": {}}},
        {**CALL, "function": None},
    ],
)
def test_a_call_that_is_none_is_refused(call):
    """Before the template sees it, and with the place of what is wrong."""
    with pytest.raises(InvalidMessages, match=r"\[0\].tool_calls\[0\]|\[0\].tool_calls\[...\]"):
        read({"role": "assistant", "tool_calls": [call]})


def test_a_call_is_passed_on_as_it_came():
    """With everything the template may want of it."""
    (message,) = read({"role": "assistant", "tool_calls": [CALL]})
    assert message == {"role": "assistant", "tool_calls": [CALL]}


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ({}, Unsupported),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}, Unsupported),
        ({"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}, Unsupported),
        ({"type": "text"}, InvalidMessages),
        ({"type": "text", "text": 3}, InvalidMessages),
        ({"type": "refusal", "text": "No."}, InvalidMessages),
    ],
)
def test_a_part_that_is_no_text_is_refused(part, error):
    """What the model cannot see is not passed over in silence."""
    with pytest.raises(error):
        read({"role": "user", "content": [part]})


def test_parts_become_one_text():
    """A line each, whatever the role."""
    parts = [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "b"}]
    assert read({"role": "user", "content": parts}) == [{"role": "user", "content": "a\nb"}]
