"""A conversation to go on with, in OpenAI's shape, and the answers to it.

https://platform.openai.com/docs/api-reference/chat
"""

import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Raw, UnsetType

from edge.wire.sampling import Sampling, Tokens, sampling_of
from edge.wire.usage import Usage, usage_of
from tritone.contract import LlmRequest, LlmResponse
from tritone.errors import InvalidMessages, Unsupported
from tritone.messages import ChatMessage, encode

__all__ = ["ChatBody", "ChatCompletion", "Chunks", "completion", "request_of"]

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


class ChatBody(Sampling, frozen=True, kw_only=True):
    """A request for a chat completion. Fields that are not listed are ignored."""

    messages: Annotated[
        list[ChatMessage],
        msgspec.Meta(
            min_length=1, examples=[[{"role": "user", "content": "What is the largest planet?"}]]
        ),
    ]
    max_completion_tokens: Tokens | None = None
    response_format: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    modalities: list[str] | None = None
    audio: dict[str, Any] | None = None
    functions: list[dict[str, Any]] | None = None
    function_call: str | dict[str, Any] | None = None
    web_search_options: dict[str, Any] | None = None


class FunctionCall(msgspec.Struct, frozen=True, kw_only=True):
    """A function's name, and its arguments as JSON text."""

    name: str
    arguments: str


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the model wants made."""

    id: str
    function: FunctionCall
    type: Literal["function"] = "function"


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


def request_of(body: ChatBody) -> LlmRequest:
    """What the model is asked.

    Raises:
        Unsupported: a wish that changes the answer and cannot be fulfilled.
        InvalidMessages: a message's content is of no use.
    """
    _refuse(body)
    fields = sampling_of(body)
    if body.max_completion_tokens is not None:
        fields["max_tokens"] = body.max_completion_tokens
    if body.response_format is not None and body.response_format.get("type") != "text":
        fields["response_format"] = encode(body.response_format)
    if body.tools:
        fields["tools"] = encode(body.tools)
        fields["parallel_tool_calls"] = body.parallel_tool_calls is not False
    if body.tool_choice is not None:
        choice = body.tool_choice
        fields["tool_choice"] = choice if isinstance(choice, str) else encode(choice)
    return LlmRequest(messages=encode([_plain(each) for each in body.messages]), **fields)


def _refuse(body: ChatBody) -> None:
    wishes = {
        "logprobs": body.logprobs,
        "top_logprobs": body.top_logprobs,
        "audio": body.audio,
        "modalities": body.modalities and set(body.modalities) != {"text"},
        "web_search_options": body.web_search_options is not None,
    }
    for name, wished in wishes.items():
        if wished:
            raise Unsupported(f"`{name}` is not supported: leave it out", param=name)
    for name, new in (("functions", "tools"), ("function_call", "tool_choice")):
        if getattr(body, name):
            raise Unsupported(f"`{name}` is of OpenAI's past: send `{new}`", param=name)


def _plain(message: ChatMessage) -> ChatMessage:
    """A message whose parts are joined into one text."""
    if message.content is None or isinstance(message.content, str):
        return message
    texts = []
    for part in message.content:
        kind = part.get("type")
        if kind not in ("text", "refusal"):
            raise Unsupported(
                f"content of type {kind!r} is not supported: send text", param="messages"
            )
        text = part.get(kind)
        if not isinstance(text, str):
            raise InvalidMessages(f"a part of type '{kind}' has no '{kind}'", param="messages")
        texts.append(text)
    return msgspec.structs.replace(message, content="\n".join(texts))


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
