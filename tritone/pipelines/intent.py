"""A sentence becomes one intent, by decoding under a JSON schema."""

import contextlib
from collections.abc import Generator, Iterable
from typing import Any, Final, Protocol

import msgspec

from tritone import messages
from tritone.contract import IntentRequest, IntentResponse, LlmRequest, LlmResponse
from tritone.errors import Internal, TextEmpty, TextTooLong
from tritone.messages import ChatMessage, Intent
from tritone.pipelines.prompts import INTENT_EXAMPLES, INTENT_SYSTEM

__all__ = ["MOST_CHARS", "understand"]

MOST_CHARS: Final = 2_000
_MOST_TOKENS: Final = 200


class Think(Protocol):
    """Asks the language model."""

    def __call__(self, request: LlmRequest, /) -> Generator[LlmResponse]:
        """Its answers as they come."""


def understand(request: IntentRequest, think: Think) -> IntentResponse:
    """Finds the intent of one sentence.

    Raises:
        TextEmpty, TextTooLong: the sentence.
        Internal: the model's answer is not an intent (it was cut off, say).
        TritoneError: what `think` raises.
    """
    if not request.text.strip():
        raise TextEmpty("'text' is empty: send what the user said")
    if len(request.text) > MOST_CHARS:
        raise TextTooLong(f"'text' has {len(request.text):,} characters, at most {MOST_CHARS:,}")
    asked = LlmRequest(
        messages=messages.encode(list(_conversation(request))),
        response_format=_RESPONSE_FORMAT,
        max_tokens=_MOST_TOKENS,
        temperature=0.0,
    )
    with contextlib.closing(think(asked)) as parts:
        answer = "".join(part.text_output for part in parts)
    try:
        intent = messages.decode(Intent, answer)
    except msgspec.MsgspecError as error:
        raise Internal(f"the model's answer is not an intent: {error}") from None
    return IntentResponse(intent=messages.encode(intent))


def _conversation(request: IntentRequest) -> Iterable[ChatMessage]:
    system = INTENT_SYSTEM
    if request.entities:
        system += "\nThese things exist: " + ", ".join(request.entities) + "."
    yield ChatMessage(role="system", content=system)
    for sentence, answer in INTENT_EXAMPLES:
        yield ChatMessage(role="user", content=sentence)
        yield ChatMessage(role="assistant", content=answer)
    yield ChatMessage(role="user", content=request.text)


def _schema() -> dict[str, Any]:
    """The schema of `Intent`, in one piece and closed, as grammar converters want it."""
    (schema,), components = msgspec.json.schema_components([Intent])
    body: dict[str, Any] = components[schema["$ref"].rsplit("/", 1)[-1]]
    return {**body, "additionalProperties": False}


_RESPONSE_FORMAT: Final = messages.encode(
    {"type": "json_schema", "json_schema": {"name": "intent", "schema": _schema(), "strict": True}}
)
