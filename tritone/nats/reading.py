"""Reads one answer: as it comes, and from the streams whatever was not heard.

Chunks are read by a plain subscription, which costs the server nothing and is at once. It delivers
at most once; so a gap in `seq`, silence, or a connection that was away makes the reader look into
the streams, and the whole answer, which is on disk, is what it holds everything to.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Final, Generic, TypeVar

import msgspec
from nats.js import JetStreamContext

from tritone.errors import TritoneError, from_wire
from tritone.nats.finding import Away, find
from tritone.nats.given import Given
from tritone.nats.kept import Kept
from tritone.nats.waiting import Arrival, Inbox, Patience
from tritone.nats.wire import ChatChunk, JobAnswer, VoiceChunk, unpack

__all__ = ["Chunks", "whole"]

A = TypeVar("A", bound=ChatChunk | JobAnswer)
C = TypeVar("C", bound=ChatChunk)

LOOK_SECONDS: Final = 2.0
"""Silence after which the streams are looked into."""


async def whole(js: JetStreamContext, kept: Kept[A], inbox: Inbox, patience: Patience) -> A:
    """A whole answer.

    Raises:
        TritoneError: why there is none, or `DeadlineExceeded`.
    """
    while True:
        arrival = await inbox.get(min(patience.left(), LOOK_SECONDS))
        if arrival is not None and arrival.what == "whole":
            return _good(unpack(kept.kind, arrival.data))
        with contextlib.suppress(Away):
            stored = await find(js, kept.stream, kept.subject)
            if stored is not None:
                return _good(unpack(kept.kind, stored.data or b""))


class Chunks(Generic[C]):
    """The chunks of an answer, in order.

    Args:
        js: JetStream.
        kept: where the answer is.
        inbox: what comes of it, from before it was asked for.
        patience: how long to wait.
    """

    def __init__(
        self, js: JetStreamContext, kept: Kept[C], inbox: Inbox, patience: Patience
    ) -> None:
        self._js = js
        self._kept = kept
        self._inbox = inbox
        self._patience = patience
        self._given: Given[C] = Given()
        self._cursor = 1
        self._whole: C | None = None

    @property
    def finished(self) -> bool:
        """Whether it was read to its end, good or bad."""
        return self._given.finished

    async def read(self, *, late: bool = False) -> AsyncIterator[C]:
        """Each when it is there; the last is of type `done`.

        Args:
            late: whether the answer may have begun before the inbox was there.

        Raises:
            TritoneError: why there is no more of it, or `DeadlineExceeded`.
        """
        if late:
            self._inbox.put(Arrival("look"))
        while not self._given.finished:
            arrival = await self._inbox.get(min(self._patience.left(), LOOK_SECONDS))
            async for chunk in self._after(arrival):
                self._patience.refresh()
                yield chunk

    async def _after(self, arrival: Arrival | None) -> AsyncIterator[C]:
        """What can be read once something has come, or nothing has."""
        if arrival is None or arrival.what == "look":
            with contextlib.suppress(Away):  # it is looked for again
                async for chunk in self._look(from_the_start=arrival is not None):
                    yield chunk
        elif arrival.what == "whole":
            self._whole = unpack(self._kept.kind, arrival.data)
        else:
            came = unpack(self._kept.kind, arrival.data)
            if self._given.misses(came):
                with contextlib.suppress(Away):
                    async for chunk in self._stored():
                        yield chunk
            async for chunk in self._taken(came):
                yield chunk

    async def _look(self, *, from_the_start: bool) -> AsyncIterator[C]:
        """What the streams have that was not read."""
        if from_the_start:
            self._cursor = 1
        async for chunk in self._stored():
            yield chunk
        if self._given.finished:
            return
        if from_the_start and self._cursor == 1:
            self._given.forget()
        answer = await self._whole_answer()
        if answer is not None:
            done = _end_of(self._good(answer), self._given.next_seq)
            for chunk in self._given.end(done, answer):
                yield chunk

    async def _stored(self) -> AsyncIterator[C]:
        """What the chunks' stream has beyond what was seen of it."""
        kept = self._kept
        while not self._given.finished:
            found = await find(self._js, kept.chunk_stream, kept.chunk_subject, self._cursor)
            if found is None or found.seq is None:
                return
            self._cursor = found.seq + 1
            async for chunk in self._taken(unpack(kept.kind, found.data or b"")):
                yield chunk

    async def _taken(self, came: C) -> AsyncIterator[C]:
        """What of a chunk goes to the reader."""
        for chunk in self._given.take(came):
            if chunk.type != "done":
                yield self._good(chunk)
                continue
            answer = None
            with contextlib.suppress(Away):
                answer = await self._whole_answer()
            if answer is None and self._given.broken:
                return  # the end of what was not read: the whole answer is waited for
            for last in self._given.end(chunk, answer):
                yield last

    async def _whole_answer(self) -> C | None:
        if self._whole is None:
            found = await find(self._js, self._kept.stream, self._kept.subject)
            self._whole = unpack(self._kept.kind, found.data or b"") if found else None
        return self._whole

    def _good(self, chunk: C) -> C:
        self._given.finished |= chunk.type == "error"
        return _good(chunk)


def _good(answer: A) -> A:
    """An answer that is no error; raises the error that it tells."""
    failure = _failure(answer)
    if failure is not None:
        raise failure
    return answer


def _failure(answer: ChatChunk | JobAnswer) -> TritoneError | None:
    if isinstance(answer, JobAnswer):
        error = answer.error
        return from_wire(f"{error.code}: {error.message}") if error is not None else None
    if answer.type != "error":
        return None
    code = f"{answer.code}: " if isinstance(answer.code, str) else ""
    return from_wire(f"{code}{answer.content}")


def _end_of(answer: C, seq: int) -> C:
    """The end of an answer, which was not heard."""
    done = msgspec.structs.replace(answer, type="done", content="", done=True, seq=seq)
    if isinstance(done, VoiceChunk):
        return msgspec.structs.replace(done, audio=b"", visemes=())
    return done
