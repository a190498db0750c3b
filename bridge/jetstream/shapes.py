"""How answers look on the wire, for each kind of request; the structs are `tritone.nats.wire`'s."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Final

from bridge.jetstream.pieces import Piece, joined
from tritone.nats.kept import Kept
from tritone.nats.wire import ChatChunk, ChunkType, Failure, JobAnswer, VoiceChunk, pack, unpack

__all__ = ["JobShape", "Shape", "SpokenShape", "WrittenShape"]

_ENDS: Final = ("done", "error")
_SEQ_BYTES: Final = 8


class Shape(ABC):
    """The answers to one request.

    Args:
        request_id: of the request.
        where: the subjects and streams of its answers.
    """

    def __init__(self, request_id: str, where: Kept[Any]) -> None:
        self.request_id = request_id
        self.where = where

    @abstractmethod
    def failed(self, seq: int, failure: Failure) -> bytes:
        """The answer that says why there is none."""

    @abstractmethod
    def failure(self, data: bytes) -> Failure | None:
        """What such an answer says; None if it is a good one."""


class WrittenShape(Shape):
    """Text, in chunks and as a whole."""

    def chunk(self, kind: ChunkType, seq: int, piece: Piece, code: str = "") -> bytes:
        """A chunk; `done` chunks say nothing that was not said before."""
        more: dict[str, Any] = {"code": code} if code else {}
        return pack(
            self.where.kind(
                request_id=self.request_id,
                type=kind,
                content=piece.text,
                done=kind in _ENDS,
                timestamp=time.time(),
                seq=seq,
                **self._sound(piece),
                **more,
            )
        )

    def whole(self, seq: int, pieces: Sequence[Piece], room: int) -> bytes:
        """The answer in one message of at most `room` bytes."""
        return self.chunk("done", seq, self._all(pieces, room))

    def failed(self, seq: int, failure: Failure) -> bytes:
        """An error, as a chunk and as the answer."""
        return self.chunk("error", seq, Piece(text=failure.message), failure.code)

    def failure(self, data: bytes) -> Failure | None:
        """What an error says."""
        read = self.read(data)
        if read.type != "error":
            return None
        return Failure(code=str(read.code or "INTERNAL"), message=read.content)

    def read(self, data: bytes) -> ChatChunk:
        """A chunk, or a whole answer, that is stored."""
        kind: type[ChatChunk] = self.where.kind
        return unpack(kind, data)

    def piece(self, data: bytes) -> Piece:
        """What a whole answer says."""
        return Piece(text=self.read(data).content)

    def _sound(self, piece: Piece) -> dict[str, Any]:
        return {}

    def _all(self, pieces: Sequence[Piece], room: int) -> Piece:
        return Piece(text="".join(piece.text for piece in pieces))


class SpokenShape(WrittenShape):
    """Speech: text with audio, and what the user said."""

    def piece(self, data: bytes) -> Piece:
        """What a whole answer says."""
        read = self.read(data)
        assert isinstance(read, VoiceChunk), "the subjects are of spoken answers"
        return Piece(
            text=read.content,
            audio=read.audio,
            sample_rate=read.sample_rate,
            transcript=read.transcript,
            visemes=read.visemes,
        )

    def _sound(self, piece: Piece) -> dict[str, Any]:
        return {
            "audio": piece.audio,
            "sample_rate": piece.sample_rate,
            "transcript": piece.transcript,
            "visemes": piece.visemes,
        }

    def _all(self, pieces: Sequence[Piece], room: int) -> Piece:
        """All of it, or without the audio where that is too much for one message."""
        found = joined(pieces) or [Piece()]
        if len(found) == 1 and self._fits(found[0], room):
            return found[0]
        return Piece(
            text="".join(piece.text for piece in found),
            transcript="".join(piece.transcript for piece in found),
        )

    def _fits(self, piece: Piece, room: int) -> bool:
        return piece.size < room // 2 or len(self.chunk("done", 0, piece)) <= room - _SEQ_BYTES


class JobShape(Shape):
    """A job's result.

    Args:
        request_id: of the request.
        where: the subject and stream of its answer.
        user_id: whose it is.
    """

    def __init__(self, request_id: str, where: Kept[JobAnswer], user_id: str) -> None:
        super().__init__(request_id, where)
        self._user_id = user_id

    def result(self, payload: dict[str, Any]) -> bytes:
        """A good one."""
        return self._answer(payload, None)

    def failed(self, seq: int, failure: Failure) -> bytes:
        """One that says why there is none."""
        return self._answer(None, failure)

    def failure(self, data: bytes) -> Failure | None:
        """What such a one says."""
        return unpack(JobAnswer, data).error

    def _answer(self, payload: dict[str, Any] | None, error: Failure | None) -> bytes:
        return pack(
            JobAnswer(
                request_id=self.request_id,
                user_id=self._user_id,
                timestamp=time.time(),
                payload=payload,
                error=error,
            )
        )
