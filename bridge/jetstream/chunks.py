"""Chunks of one answer, stored while it is written.

Each is stored behind the last one by its place in the stream, so that of two bridges that answer
the same request only one can write on; the other is refused and stops. While the server
acknowledges a chunk, what comes meanwhile is collected into the next.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from bridge.jetstream.journal import Journal
from bridge.jetstream.pieces import Piece, joined, split
from bridge.jetstream.shapes import WrittenShape
from bridge.jetstream.worst import worst
from tritone.errors import Superseded
from tritone.nats.wire import ChunkType, Failure

__all__ = ["SILENCE_SECONDS", "Chunks"]

AHEAD_BYTES: Final = 512 * 1024
"""What may wait for the server before the model is left to wait, too."""
SILENCE_SECONDS: Final = 5.0
"""Another bridge takes over after ack_wait, which is longer."""
Add = Callable[[Piece], Awaitable[None]]


class Chunks:
    """The chunks of one attempt at an answer.

    Args:
        journal: the streams.
        shape: how they look, and where they go.
        attempt: tells these chunks from those of other attempts.
        at: the place of the last chunk that there is, 0 for none.
        seq: the number of the next.
        restart: whether what was said before is void.
    """

    def __init__(
        self,
        journal: Journal,
        shape: WrittenShape,
        attempt: str,
        *,
        at: int = 0,
        seq: int = 0,
        restart: bool = False,
    ) -> None:
        self._journal = journal
        self._shape = shape
        self._mine = f"{shape.request_id}.{attempt}.{secrets.token_hex(4)}."
        self._at = at
        self._restart = restart
        self._begun = False
        self._heard_at = time.monotonic()
        self._told: list[Piece] = []
        self._waiting: list[Piece] = []
        self._size = 0
        self._closed = False
        self._news = asyncio.Event()
        self._taken = asyncio.Event()
        self.seq = seq

    async def begin(self) -> None:
        """Says that the answer begins anew, where that is so. Errors as in `writing`."""
        if self._restart:
            await self._say("restart")

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[Add]:
        """A block that adds pieces; at its end they are stored.

        Raises:
            Superseded: somebody else writes at this answer.
            Unavailable: the server does not take them.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write())
                try:
                    yield self._add
                finally:
                    self._closed = True
                    self._news.set()
        except BaseExceptionGroup as failures:
            raise worst(failures) from None

    async def done(self) -> None:
        """Says that the answer is complete. Errors as in `writing`."""
        await self.begin()
        await self._say("done")

    async def fail(self, failure: Failure) -> None:
        """Says why there is no answer. Errors as in `writing`."""
        await self._store(lambda seq: self._shape.failed(seq, failure))

    async def replace(self, piece: Piece) -> None:
        """Says that the answer is this, whatever was said before. Errors as in `writing`."""
        if self._begun:
            await self._say("restart")
        await self.begin()
        await self._tell(piece)

    async def _add(self, piece: Piece) -> None:
        self._waiting.append(piece)
        self._size += piece.size
        self._news.set()
        if self._size > AHEAD_BYTES:
            self._taken.clear()
            await self._taken.wait()

    async def _write(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                pieces, self._waiting = joined(self._waiting), []
                self._size = 0
                self._taken.set()
                for piece in pieces:
                    await self._tell(piece)
            if self._closed:
                return

    async def _tell(self, piece: Piece) -> None:
        for part in split(piece, self._journal.room // 2):
            await self._say("chunk", part)
            self._told.append(part)

    async def _say(self, kind: ChunkType, piece: Piece | None = None) -> None:
        await self._store(lambda seq: self._shape.chunk(kind, seq, piece or Piece()))
        if kind == "restart":
            self._restart = False
            self._told.clear()

    async def _store(self, make: Callable[[int], bytes]) -> None:
        where = self._shape.where
        while True:
            try:
                await self._make_sure()
                self._at = await self._journal.publish(
                    where.chunk_subject,
                    make(self.seq),
                    message_id=f"{self._mine}{self.seq}",
                    stream=where.chunk_stream,
                    expected=self._at,
                )
            except Superseded:
                await self._settle()
            else:
                self.seq += 1
                self._begun = True
                self._heard_at = time.monotonic()
                return

    async def _make_sure(self) -> None:
        """Plain subscribers see what is refused, too: after a long silence nothing is sent blindly.

        Raises Superseded when it would be refused.
        """
        if time.monotonic() < self._heard_at + SILENCE_SECONDS:
            return
        where = self._shape.where
        last = await self._journal.last(where.chunk_stream, where.chunk_subject)
        if (last.seq if last is not None else 0) != self._at:
            raise Superseded("somebody else writes at this answer")
        self._heard_at = time.monotonic()

    async def _settle(self) -> None:
        """Finds out why a chunk was refused, and makes good for it; raises Superseded if not."""
        where = self._shape.where
        last = await self._journal.last(where.chunk_stream, where.chunk_subject)
        if last is None:  # the server has lost its memory: what was said is said again
            again, self._at = joined(self._told), 0
            if self._begun:
                self.seq += 1  # that of a chunk which was heard, perhaps, but is not stored
                await self._say("restart")
            for piece in again:
                await self._tell(piece)
            return
        # One of these is mine if nobody waited for its acknowledgement.
        if not last.message_id.startswith(self._mine):
            raise Superseded("somebody else writes at this answer")
        self._at, self.seq = last.seq, max(self.seq, self._shape.read(last.data).seq + 1)
