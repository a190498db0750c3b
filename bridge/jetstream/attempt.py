"""One attempt at one request: look whether it is answered, answer it, store the answer."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bridge.jetstream.cancels import Cancels, Watch
from bridge.jetstream.chunks import Chunks
from bridge.jetstream.delivery import Incoming
from bridge.jetstream.handlers.working import Working
from bridge.jetstream.journal import Journal
from bridge.jetstream.ledger import Ledger
from bridge.jetstream.orders import Order
from bridge.jetstream.pieces import Piece
from bridge.jetstream.places import Places
from bridge.jetstream.shapes import JobShape, WrittenShape
from bridge.jetstream.stored import Stored
from bridge.jetstream.thread import Thread
from bridge.jetstream.whole import Whole
from tritone.errors import Cancelled, Superseded, from_wire
from tritone.nats.wire import Failure

__all__ = ["Attempt", "Means"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What requests are answered with.

    Attributes:
        journal: the streams.
        ledger: the bucket.
        cancels: what shall not be answered.
        working: what calls the models.
        places: where a request waits for its turn.
        born: when each stream of chunks was made, in Unix seconds.
    """

    journal: Journal
    ledger: Ledger
    cancels: Cancels
    working: Working
    places: Callable[[Order], Places]
    born: Mapping[str, float]


class Attempt:
    """A request, tried once.

    Args:
        means: to answer it with.
        order: the request.
        incoming: its message.
        again: whether it was tried before in this very delivery.

    Attributes:
        told: whether an earlier attempt has told the sender that there will be no answer.
    """

    def __init__(
        self, means: Means, order: Order, incoming: Incoming, *, again: bool = False
    ) -> None:
        self._means = means
        self._order = order
        self._incoming = incoming
        self._fresh = incoming.attempt == 1 and not again
        self._whole = Whole(means.journal, order.shape)
        self._thread: Thread | None = None
        if order.chunked and isinstance(order.shape, WrittenShape):
            self._thread = Thread(
                means.journal, order.shape, incoming, means.born, fresh=self._fresh
            )
        self._chunks: Chunks | None = None
        self._stored = False
        self.told = False

    async def run(self) -> None:
        """Answers it, unless it is answered.

        Raises:
            TritoneError: there is no answer; Superseded when another bridge is at it.
        """
        means, order, thread = self._means, self._order, self._thread
        answered, whole, last = await self._look()
        if answered or (whole is not None and await self._has_ended(whole, last)):
            return
        if thread is not None:
            if self._fresh and thread.is_going_on(last):
                raise Superseded("another bridge is answering this request")
            self._chunks = thread.behind(last)
            await self._chunks.begin()
        with means.cancels.watching(order.request_id) as watch:
            async with means.places(order):
                data = await self._answer(watch)
        await self._store(data)
        if self._chunks is not None:
            await self._chunks.done()
        await self._mark()

    async def is_answered(self) -> bool:
        """Whether the request has its answer, all of it or at least as a whole."""
        answered, whole, _ = await self._look()
        return answered or self._whole.is_good(whole)

    async def fail(self, failure: Failure) -> None:
        """Tells the sender that there will be no answer.

        Raises:
            Superseded: there is one, or another bridge is at it.
            Unavailable: it could not be told.
        """
        order, thread, chunks = self._order, self._thread, self._chunks
        if self.told:
            return
        if self._stored:
            raise Superseded("the answer is stored")
        if thread is not None:
            if chunks is None:
                last = await thread.last()
                if order.request is None and thread.is_going_on(last):
                    raise Superseded("another request has this id")
                chunks = thread.behind(last, anew=False)
            await chunks.fail(failure)
        data = order.shape.failed(chunks.seq - 1 if chunks else 0, failure)
        if await self._whole.put(data, f"{self._error_id}{self._incoming.attempt}") is not data:
            raise Superseded("somebody else has answered this request")

    async def _answer(self, watch: Watch) -> bytes:
        """The whole answer, while its pieces are told."""
        order, working = self._order, self._means.working
        shape = order.shape
        if isinstance(shape, JobShape):
            return shape.result(await working.result(order))
        pieces: list[Piece] = []
        async with contextlib.AsyncExitStack() as held:
            add = await held.enter_async_context(self._chunks.writing()) if self._chunks else None
            stream = await held.enter_async_context(contextlib.aclosing(working.pieces(order)))
            async for piece in stream:
                watch.check()
                pieces.append(piece)
                if add is not None:
                    await add(piece)
        seq = self._chunks.seq if self._chunks is not None else 0
        return shape.whole(seq, pieces, self._means.journal.room)

    async def _store(self, data: bytes) -> None:
        # Not the request's id alone: its own message may have that, in the same stream.
        stored = await self._whole.put(data, f"{self._order.request_id}.answer")
        self._stored = True
        if stored is not data and self._chunks is not None:
            assert isinstance(self._order.shape, WrittenShape)
            await self._chunks.replace(self._order.shape.piece(stored))

    async def _has_ended(self, whole: Stored, last: Stored | None) -> bool:
        """Whether the request has had its end; what is missing of it is made up for.

        Raises:
            TritoneError: that this very message failed for good, which its sender knows.
        """
        shape = self._order.shape
        failure = shape.failure(whole.data)
        if failure is None:
            self._stored = True
            if self._thread is not None and not self._thread.is_done(last):
                assert isinstance(shape, WrittenShape)
                chunks = self._thread.behind(last)
                await chunks.replace(shape.piece(whole.data))
                await chunks.done()
        elif not whole.message_id.startswith(self._error_id):
            return False
        elif failure.code != Cancelled.code:
            self.told = True
            raise from_wire(f"{failure.code}: {failure.message}")
        await self._mark()
        return True

    @property
    def _error_id(self) -> str:
        """What the ids of errors about this message begin with."""
        return f"{self._order.request_id}.error.{self._incoming.seq}."

    async def _look(self) -> tuple[bool, Stored | None, Stored | None]:
        """Whether it is marked as answered, its whole answer, and its last chunk."""
        if isinstance(self._order.shape, JobShape):
            return False, await self._whole.look(), None
        return await asyncio.gather(
            self._means.ledger.answered(self._order.request_id),
            self._whole.look(),
            self._thread.last() if self._thread is not None else _nothing(),
        )

    async def _mark(self) -> None:
        """A job's answer is kept as long as a mark would be, and needs none."""
        if not isinstance(self._order.shape, JobShape):
            await self._means.ledger.mark(self._order.request_id)


async def _nothing() -> None:
    return None
