"""What the reader of one answer has been given, and what of the chunks that come is next. No I/O.

A chunk comes at most once, in order, or not at all: several bridges may have written at an answer,
a network may have dropped or delayed pieces of it, and a server may have lost the memory that it
kept them in. What is told apart by `seq` alone stays right; what cannot be told is settled by the
whole answer, which is stored once.
"""

from typing import Generic, TypeVar

import msgspec

from tritone.nats.wire import ChatChunk, VoiceChunk

__all__ = ["Given"]

C = TypeVar("C", bound=ChatChunk)


class Given(Generic[C]):
    """The state of one reader.

    Attributes:
        next_seq: of the chunk that it waits for.
        finished: whether it has had the end of the answer.
        broken: whether a piece is missing for good, so that nothing may follow but a restart or
            the end.
    """

    def __init__(self) -> None:
        self.next_seq = 0
        self.finished = False
        self.broken = False
        self._anew = False
        self._text = ""
        self._audio = b""
        self._visemes = 0

    def misses(self, chunk: C) -> bool:
        """Whether pieces before this one are worth looking for, before it is taken."""
        return chunk.seq > self.next_seq and chunk.type in ("chunk", "done") and not self.broken

    def forget(self) -> None:
        """The server has lost the chunks that it kept: who writes on may count from 0 again."""
        self._anew = self.next_seq > 0

    def take(self, chunk: C) -> list[C]:
        """What of a chunk is next. Whoever gets the end of the answer passes it to `end`."""
        if chunk.seq < self.next_seq:
            if not self._anew or (chunk.seq and chunk.type != "restart"):
                return []
            begins = [] if chunk.type == "restart" else [_restart(chunk)]
            self._void()
            self.next_seq = chunk.seq
            return [*begins, *self.take(chunk)]
        self.broken = chunk.type != "restart" and (self.broken or chunk.seq > self.next_seq)
        self.next_seq = chunk.seq + 1
        if chunk.type == "restart":
            self._void()
        elif chunk.type == "chunk":
            if self.broken:
                return []
            self._keep(chunk)
        return [chunk]

    def end(self, done: C, whole: C | None) -> list[C]:
        """The last chunks, so that all of them together are the whole answer, where it is known.

        Args:
            done: the chunk that ends it.
            whole: the answer as it was stored.
        """
        self.finished = True
        if whole is None:
            return [done]
        rest = self._rest(whole)
        if rest is None:  # what was read is not what was stored, which alone is true
            self._void()
            lines = [_restart(whole), whole]
        else:
            lines = [rest] if rest.content or _audio(rest) else []
        chunks = [
            msgspec.structs.replace(line, seq=done.seq + at, done=False, timestamp=done.timestamp)
            for at, line in enumerate(lines)
        ]
        pieces = [
            chunk if chunk.type == "restart" else msgspec.structs.replace(chunk, type="chunk")
            for chunk in chunks
        ]
        return [*pieces, msgspec.structs.replace(done, seq=done.seq + len(pieces))]

    def _rest(self, whole: C) -> C | None:
        """What of the whole answer was not read; None when what was read is something else.

        A whole answer whose audio was too large for one message has none: its text decides.
        """
        audio = _audio(whole)
        if not whole.content.startswith(self._text) or not audio.startswith(
            self._audio[: len(audio)]
        ):
            return None
        rest = msgspec.structs.replace(whole, content=whole.content[len(self._text) :])
        if isinstance(rest, VoiceChunk):
            return msgspec.structs.replace(
                rest, audio=audio[len(self._audio) :], visemes=rest.visemes[self._visemes :]
            )
        return rest

    def _keep(self, chunk: C) -> None:
        self._text += chunk.content
        if isinstance(chunk, VoiceChunk):
            self._audio += chunk.audio
            self._visemes += len(chunk.visemes)

    def _void(self) -> None:
        self._text, self._audio, self._visemes = "", b"", 0
        self.broken = self._anew = False


def _audio(chunk: ChatChunk) -> bytes:
    return chunk.audio if isinstance(chunk, VoiceChunk) else b""


def _restart(chunk: C) -> C:
    """A restart as the bridge would have sent it, before what this chunk says."""
    bare = msgspec.structs.replace(chunk, type="restart", content="", done=False)
    if isinstance(bare, VoiceChunk):
        return msgspec.structs.replace(bare, audio=b"", transcript="", visemes=())
    return bare
