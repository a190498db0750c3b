"""The older endpoint for texts."""

import pytest
from openai import OpenAI

from .kit import CHAT, sound

pytestmark = pytest.mark.triton


def test_a_completion(client: OpenAI) -> None:
    """The older endpoint, whole and streamed."""
    answer = sound(client.completions.create(model=CHAT, prompt="Snow is", max_tokens=8))
    assert answer.object == "text_completion"
    assert answer.choices[0].text
    assert answer.choices[0].finish_reason in ("stop", "length")
    stream = client.completions.create(model=CHAT, prompt="Snow is", max_tokens=8, stream=True)
    chunks = list(stream)  # the SDK's class does not allow for a stream's open finish reasons
    assert "".join(choice.text for chunk in chunks for choice in chunk.choices)
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")
