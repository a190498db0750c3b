"""The answers to a conversation in OpenAI's shape, whole or in chunks.

https://platform.openai.com/docs/api-reference/chat
"""

import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Raw, UnsetType

from edge.wire.chat_request import ChatBody
from edge.wire.usage import Usage, usage_of
from tritone.contract import LlmResponse
from tritone.messages import ToolCall

__all__ = ["ChatCompletion", "Chunks", "completion"]

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """The model's answer."""

    content: str | None
    role: Literal["assistant"] = "assistant"
    refusal: None = None
    tool_calls: list[ToolCall] | UnsetType = UNSET


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One of the answers."""

    index: int
    message: Message
    finish_reason: FinishReason
    logprobs: None = None


class ChatCompletion(msgspec.Struct, frozen=True, kw_only=True):
    """All answers, and what they cost."""

    id: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    system_fingerprint: str
    object: Literal["chat.completion"] = "chat.completion"


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """What a chunk adds to an answer."""

    role: str | UnsetType = UNSET
    content: str | UnsetType | None = UNSET
    tool_calls: Raw | UnsetType = UNSET


class ChunkChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Which answer a chunk adds to."""

    index: int
    delta: Delta
    finish_reason: str | None = None
    logprobs: None = None


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a stream."""

    id: str
    created: int
    model: str
    system_fingerprint: str
    choices: Sequence[ChunkChoice]
    usage: Usage | UnsetType | None = UNSET
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"


def completion(body: ChatBody, fingerprint: str, answers: Sequence[LlmResponse]) -> ChatCompletion:
    """Whole answers."""
    return ChatCompletion(
        id=_new_id(),
        created=int(time.time()),
        model=body.model,
        choices=[_choice(index, answer) for index, answer in enumerate(answers)],
        usage=usage_of(answers),
        system_fingerprint=fingerprint,
    )


def _choice(index: int, answer: LlmResponse) -> Choice:
    calls: list[ToolCall] | UnsetType = UNSET
    if answer.tool_calls:
        calls = msgspec.json.decode(answer.tool_calls, type=list[ToolCall])
    content = answer.text_output if calls is UNSET else answer.text_output or None
    reason: Any = answer.finish_reason
    return Choice(
        index=index, message=Message(content=content, tool_calls=calls), finish_reason=reason
    )


class Chunks:
    """The events of one stream.

    Args:
        body: the request.
        fingerprint: of the model.
    """

    def __init__(self, body: ChatBody, fingerprint: str) -> None:
        self._frame = {
            "id": _new_id(),
            "created": int(time.time()),
            "model": body.model,
            "system_fingerprint": fingerprint,
        }
        # With usage to come, the chunks before it say that it is not there yet.
        self._usage: UnsetType | None = None if body.wants_usage else UNSET
        self._begun: set[int] = set()

    def of(self, index: int, response: LlmResponse) -> Iterable[Chunk]:
        """The chunks that a piece of an answer makes."""
        if index not in self._begun:
            self._begun.add(index)
            yield self._chunk(index, Delta(role="assistant", content=""))
        if response.tool_calls:
            yield self._chunk(index, Delta(tool_calls=Raw(response.tool_calls.encode())))
        if response.text_output:
            yield self._chunk(index, Delta(content=response.text_output))
        if response.finish_reason:
            yield self._chunk(index, Delta(), response.finish_reason)

    def usage(self, last: Sequence[LlmResponse]) -> Chunk:
        """The chunk after the last one: what it all cost."""
        return Chunk(choices=(), usage=usage_of(last), **self._frame)  # type: ignore[arg-type]

    def _chunk(self, index: int, delta: Delta, finish_reason: str | None = None) -> Chunk:
        choice = ChunkChoice(index=index, delta=delta, finish_reason=finish_reason)
        return Chunk(choices=(choice,), usage=self._usage, **self._frame)  # type: ignore[arg-type]


def _new_id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"
