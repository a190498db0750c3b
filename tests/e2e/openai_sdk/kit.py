"""Names of models, words to say, and ways to ask, which several of these files need."""

import os
from typing import Any, TypeVar

import pydantic
import pytest
from openai import AsyncOpenAI

CHAT = os.environ.get("OPENAI_TEST_CHAT", "gpt-4o-mini")
SPEECH = os.environ.get("OPENAI_TEST_SPEECH", "tts-1")
TRANSCRIPTION = os.environ.get("OPENAI_TEST_TRANSCRIPTION", "whisper-1")
EMBEDDING = os.environ.get("OPENAI_TEST_EMBEDDING", "text-embedding-3-small")
VOICE = "alloy"

SENTENCE = "How many legs does a spider have?"
"""What is spoken, and has to be heard again."""
HEARD = "spider"
ASK: list[Any] = [{"role": "user", "content": "Name three colors."}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
TRANSLATES = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
"""The SDK means to drop translations."""

M = TypeVar("M", bound=pydantic.BaseModel)


def asynchronous(account: tuple[str, str]) -> AsyncOpenAI:
    """The SDK for asyncio."""
    url, key = account
    return AsyncOpenAI(base_url=url, api_key=key, max_retries=0, timeout=120)


def sound(answer: M) -> M:
    """An answer, after it was held to the SDK's own model: the SDK itself lets anything pass."""
    type(answer).model_validate(answer.to_dict())  # type: ignore[attr-defined]
    return answer
