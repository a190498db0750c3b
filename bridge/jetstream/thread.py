"""Where an attempt's chunks go on: behind those of an earlier one, and numbered after them."""

import time
from collections.abc import Mapping

from bridge.jetstream.chunks import Chunks
from bridge.jetstream.delivery import Incoming
from bridge.jetstream.journal import Journal
from bridge.jetstream.shapes import WrittenShape
from bridge.jetstream.stored import Stored
from tritone.nats.streams import stream_named

__all__ = ["Thread"]


class Thread:
    """The chunks of one request, by whomever.

    Args:
        journal: the streams.
        shape: of the chunks.
        incoming: the request's message.
        born: when each stream of chunks was made, in Unix seconds.
        fresh: whether nobody can have tried the request before.
    """

    def __init__(
        self,
        journal: Journal,
        shape: WrittenShape,
        incoming: Incoming,
        born: Mapping[str, float],
        *,
        fresh: bool,
    ) -> None:
        self._journal = journal
        self._shape = shape
        self._incoming = incoming
        self._born = born
        self._fresh = fresh

    async def last(self) -> Stored | None:
        """The last chunk. Raises Unavailable."""
        where = self._shape.where
        return await self._journal.last(where.chunk_stream, where.chunk_subject)

    def is_done(self, last: Stored | None) -> bool:
        """Whether that is the end of an answer."""
        return self._kind(last) == "done"

    def is_going_on(self, last: Stored | None) -> bool:
        """Whether somebody is, or was, in the middle of an answer."""
        return self._kind(last) in ("chunk", "restart")

    def behind(self, last: Stored | None, *, anew: bool = True) -> Chunks:
        """A writer behind the last chunk; `anew` voids what was said before."""
        seq, at = 0, 0
        if last is not None:
            at, seq = last.seq, self._shape.read(last.data).seq + 1
        elif self._is_forgotten():
            # Nobody writes a chunk each millisecond, so this counts on from whatever was told.
            seq = max(1, int(1000 * (time.time() - self._incoming.stored_at)))
        attempt = f"{self._incoming.seq}.{self._incoming.attempt}"
        return Chunks(self._journal, self._shape, attempt, at=at, seq=seq, restart=anew and seq > 0)

    def _is_forgotten(self) -> bool:
        """Whether chunks may have been told that no stream knows of any more."""
        stream = self._shape.where.chunk_stream
        if self._incoming.stored_at < self._born.get(stream, 0.0):
            return True
        age = time.time() - self._incoming.stored_at
        return not self._fresh and age > stream_named(stream).max_age

    def _kind(self, last: Stored | None) -> str:
        return self._shape.read(last.data).type if last is not None else ""
