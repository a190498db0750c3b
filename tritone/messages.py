"""The wire vocabulary: what the JSON inside tensors and doors looks like.

Frozen msgspec Structs; `encode` and `decode` are the only way in and out. Times are seconds from
the start of the audio they belong to.
"""

from typing import Any, Literal, TypeVar

import msgspec

from tritone.errors import InvalidMessages, Unsupported

__all__ = [
    "AlsoIntent",
    "AudioChunk",
    "ChatMessage",
    "Done",
    "Failed",
    "FunctionCall",
    "Intent",
    "Segment",
    "SpeechEvent",
    "SpokenWord",
    "TextDelta",
    "Timing",
    "ToolCall",
    "Transcript",
    "Usage",
    "VoiceEvent",
    "Word",
    "decode",
    "decode_chat",
    "encode",
    "plain",
]

T = TypeVar("T")


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A spoken word."""

    word: str
    start: float
    end: float
    probability: float


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch of a transcript."""

    start: float
    end: float
    text: str
    no_speech_prob: float
    avg_logprob: float
    compression_ratio: float
    temperature: float
    tokens: tuple[int, ...]
    words: tuple[Word, ...] = ()


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """One phoneme (IPA) and the mouth shape that shows it.

    Visemes are the fifteen of the Oculus lip-sync set, which avatars map from:
    sil PP FF TH DD kk CH SS nn RR aa E ih oh ou.
    """

    phoneme: str
    viseme: str
    start: float
    end: float


class SpokenWord(msgspec.Struct, frozen=True, kw_only=True):
    """When a word of a text is heard, pauses around it left out."""

    word: str
    start: float
    end: float


class SpeechEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The moment speech starts or ends, in seconds from the start of the stream."""

    type: Literal["start", "end"]
    at: float


class FunctionCall(msgspec.Struct, frozen=True, kw_only=True):
    """A function's name, and its arguments as JSON text."""

    name: str
    arguments: str


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the model wanted made."""

    function: FunctionCall
    id: str = ""
    type: Literal["function"] = "function"


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of a conversation, in OpenAI's shape."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[dict[str, Any]] | None = None
    name: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None


class AlsoIntent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One more thing that a sentence asks for."""

    intent: str
    entity: str
    params: dict[str, str]
    said: str = ""


class Intent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a sentence asks for; the first four fields are always present.

    `intent` is a name of `tritone.intents.table`.
    """

    intent: str
    entity: str
    params: dict[str, str]
    reply: str
    said: str = ""
    also: tuple[AlsoIntent, ...] = ()


class Transcript(msgspec.Struct, frozen=True, kw_only=True, tag="transcript"):
    """What the user said."""

    text: str
    language: str
    duration: float
    at: float


class TextDelta(msgspec.Struct, frozen=True, kw_only=True, tag="text"):
    """The next piece of the answer's text."""

    text: str
    at: float


class AudioChunk(msgspec.Struct, frozen=True, kw_only=True, tag="audio"):
    """One spoken clause; its samples are in the response's `audio` tensor (or field)."""

    index: int
    text: str
    sample_rate: int
    duration: float
    timings: tuple[Timing, ...]
    at: float


class Usage(msgspec.Struct, frozen=True, kw_only=True, tag="usage"):
    """What the turn cost."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    at: float


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The turn ended well. Times are seconds since the request arrived."""

    text: str
    finish_reason: str
    heard_at: float
    first_token_at: float
    first_audio_at: float
    last_token_at: float
    at: float


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="error"):
    """The turn ended badly; `code` is one of `tritone.errors`."""

    code: str
    message: str
    at: float


VoiceEvent = Transcript | TextDelta | AudioChunk | Usage | Done | Failed
"""What a `voice` turn says. `at` is seconds since the request arrived, by the server's clock."""


def encode(value: Any) -> str:
    """Any Struct, or a sequence of them, as JSON text."""
    return msgspec.json.encode(value).decode()


def decode(kind: Any, text: str | bytes) -> Any:
    """JSON text as `kind` (a Struct, a union, or `tuple[Struct, ...]`).

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is not.
    """
    return msgspec.json.decode(text, type=kind)


def decode_chat(text: str) -> list[ChatMessage]:
    """A conversation from OpenAI's JSON.

    Raises:
        InvalidMessages: it is not JSON, or not a list of messages.
    """
    try:
        return msgspec.json.decode(text, type=list[ChatMessage])
    except msgspec.MsgspecError as error:
        raise InvalidMessages(f"messages are not OpenAI chat messages: {error}") from None


def plain(message: ChatMessage) -> ChatMessage:
    """A message whose parts are joined into one text, a line each.

    Raises:
        Unsupported: a part is no text.
        InvalidMessages: a part lacks what its type promises.
    """
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
