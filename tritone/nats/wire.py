"""The platform's NATS messages: MessagePack maps, with raw bytes for audio.

Fields that are not known are ignored, so that newer writers do not break older readers; types are
strict. Times are Unix seconds. https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from typing import Any, Final, Literal, TypeVar

import msgspec

from tritone.errors import BodyInvalid
from tritone.messages import Timing

__all__ = [
    "ChatChunk",
    "ChatRequest",
    "ChunkType",
    "Failure",
    "Job",
    "JobAnswer",
    "Message",
    "VoiceChunk",
    "VoiceRequest",
    "pack",
    "unpack",
]

T = TypeVar("T")
ChunkType = Literal["chunk", "done", "error", "restart"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What every message has."""

    request_id: str
    user_id: str = ""
    timestamp: float | None = None
    payload: Any = None
    metadata: dict[str, Any] | None = None


class ChatRequest(Message, frozen=True, kw_only=True):
    """What a user says, or a greeting."""

    user_id: str
    message: str
    username: str | None = None
    premium: bool | None = None
    enable_streaming: bool | None = None
    enable_rag: bool | None = None
    enable_reranker: bool | None = None
    top_k: int | None = None
    session_id: str | None = None


class VoiceRequest(Message, frozen=True, kw_only=True):
    """A spoken turn. `format` names a container; `pcm` is mono 16-bit little-endian samples."""

    user_id: str
    audio: bytes
    format: str | None = None
    sample_rate: int | None = None
    premium: bool | None = None
    enable_rag: bool | None = None
    language: str | None = None


class ChatChunk(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of an answer, or the whole of it; `code` only with errors.

    `restart` says that the answer begins anew, and that what came before it is void.
    """

    request_id: str
    type: ChunkType
    content: str
    done: bool
    timestamp: float
    seq: int
    code: str | msgspec.UnsetType = msgspec.UNSET


class VoiceChunk(ChatChunk, frozen=True, kw_only=True):
    """A piece of a spoken answer. `audio` is mono 16-bit little-endian PCM of `sample_rate`."""

    audio: bytes = b""
    sample_rate: int = 0
    transcript: str = ""
    visemes: tuple[Timing, ...] = ()


class Job(Message, frozen=True, kw_only=True):
    """A pipeline's job; what is to be done is in `payload`, a map."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no result: a code of `tritone.errors`."""

    code: str
    message: str


class JobAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A job's result in `payload`, or an `error`."""

    request_id: str
    user_id: str
    timestamp: float
    payload: dict[str, Any] | None
    error: Failure | None = None


_encoder: Final = msgspec.msgpack.Encoder()


def pack(message: msgspec.Struct) -> bytes:
    """A message as it is sent."""
    return _encoder.encode(message)


def unpack(kind: type[T], data: bytes) -> T:
    """A message that came.

    Raises:
        BodyInvalid: it is no MessagePack, lacks a field, or has one of another type.
    """
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BodyInvalid(f"not a {kind.__name__}: {error}") from None
