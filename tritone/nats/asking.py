"""Publishes a request so that it is on disk, and hears its answer from before that on."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final, TypeVar

import nats.errors
import nats.js.errors
from nats.aio.client import Client as Nats

from tritone.errors import DeadlineExceeded, ServerUnreachable, Unavailable
from tritone.nats import subjects
from tritone.nats.cancelling import cancellable
from tritone.nats.failures import as_tritone_error
from tritone.nats.kept import Kept
from tritone.nats.reading import Chunks, whole
from tritone.nats.waiting import Arrival, Inbox, Patience
from tritone.nats.wire import ChatChunk, JobAnswer, Message, pack
from tritone.telemetry.propagation import outgoing_headers

__all__ = ["Asking"]

A = TypeVar("A", bound=ChatChunk | JobAnswer)
C = TypeVar("C", bound=ChatChunk)

TRY_SECONDS: Final = 5.0
"""How long the server may take for one answer."""
PAUSE_SECONDS: Final = 0.25
GOODBYE_SECONDS: Final = 2


class Asking:
    """Requests and answers over one connection.

    Args:
        client: the connection.
        idle_seconds: after which an answer of which nothing comes is given up.
    """

    def __init__(self, client: Nats, idle_seconds: float) -> None:
        self._client = client
        self._js = client.jetstream(timeout=TRY_SECONDS)
        self._idle_seconds = idle_seconds
        self._inboxes: set[Inbox] = set()

    async def look_again(self) -> None:
        """The connection was away: what came meanwhile was not heard."""
        for inbox in self._inboxes:
            inbox.put(Arrival("look"))

    async def chunks(
        self, subject: str, request: Message, kept: Kept[C], seconds: float | None
    ) -> AsyncGenerator[C, None]:
        """Asks; the answer's chunks. Leaving before their end cancels the request."""
        async with self._listening(kept) as inbox:
            patience = self._patience(seconds)
            answer = Chunks(self._js, kept, inbox, patience)
            try:
                await self._publish(subject, request, patience)
                async for chunk in answer.read():
                    yield chunk
            except (GeneratorExit, asyncio.CancelledError, DeadlineExceeded, ServerUnreachable):
                if not answer.finished:
                    await self._give_up(request.request_id)
                raise

    async def whole(
        self, subject: str, request: Message, kept: Kept[A], seconds: float | None
    ) -> A:
        """Asks; the whole answer. Being cancelled cancels the request."""
        async with self._listening(kept) as inbox:
            patience = self._patience(seconds)
            try:
                await self._publish(subject, request, patience)
                return await whole(self._js, kept, inbox, patience)
            except (asyncio.CancelledError, DeadlineExceeded, ServerUnreachable):
                await self._give_up(request.request_id)
                raise

    async def replay(self, kept: Kept[C], seconds: float | None) -> AsyncGenerator[C, None]:
        """The chunks of an answer that somebody has asked for."""
        async with self._listening(kept) as inbox:
            answer = Chunks(self._js, kept, inbox, self._patience(seconds))
            async for chunk in answer.read(late=True):
                yield chunk

    async def cancel(self, request_id: str) -> None:
        """Stops a request. Raises ServerUnreachable."""
        try:
            await self._client.publish(subjects.cancel(request_id))
            await self._client.flush(GOODBYE_SECONDS)
        except (nats.errors.Error, OSError) as error:
            raise as_tritone_error(error) from None

    async def _give_up(self, request_id: str) -> None:
        with contextlib.suppress(Unavailable):
            await self.cancel(request_id)

    @contextlib.asynccontextmanager
    async def _listening(self, kept: Kept[Any]) -> AsyncIterator[Inbox]:
        """What comes of an answer from now on.

        A server reads what one connection sends in order, so that whatever is asked for after
        this finds the subscriptions in place.
        """
        inbox = Inbox()
        wanted = [(kept.subject, inbox.callback("whole"))]
        if kept.chunk_subject:
            wanted.append((kept.chunk_subject, inbox.callback("chunk")))
        try:
            subscriptions = [await self._client.subscribe(name, cb=cb) for name, cb in wanted]
        except (nats.errors.Error, OSError) as error:
            raise as_tritone_error(error) from None
        self._inboxes.add(inbox)
        try:
            yield inbox
        finally:
            self._inboxes.discard(inbox)
            for subscription in subscriptions:
                with contextlib.suppress(nats.errors.Error, OSError):
                    await subscription.unsubscribe()

    async def _publish(self, subject: str, request: Message, patience: Patience) -> None:
        """Publishes until the server has said that it keeps the request.

        An acknowledgement may get lost: the server drops what it has under the same id already.
        """
        data = pack(request)
        headers = {"Nats-Msg-Id": _publish_id(request), **outgoing_headers()}
        while True:
            seconds = min(patience.left(), TRY_SECONDS)
            try:
                with cancellable():
                    await self._js.publish(subject, data, timeout=seconds, headers=headers)
            except (nats.errors.Error, OSError) as error:
                failure = as_tritone_error(error)
                if not isinstance(failure, Unavailable):
                    raise failure from None
                await asyncio.sleep(min(PAUSE_SECONDS, patience.left()))
            else:
                return

    def _patience(self, seconds: float | None) -> Patience:
        return Patience(seconds, self._idle_seconds, lambda: self._client.is_connected)


def _publish_id(request: Message) -> str:
    """An id of the request's message; its answer, which the same stream may keep, has another."""
    return f"{request.request_id}.request"
