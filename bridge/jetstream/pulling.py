"""Takes messages from a durable consumer, as many as there is room for.

The server is asked for so many at a time, ahead of need, and sends them as they come: one request
for several messages costs less than one for each, and a message never waits in a client that is
busy while another one is free. https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-13.md
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import Header

from bridge.jetstream.delivery import Delivery, Pulled
from bridge.jetstream.heartbeat import Heartbeats
from bridge.jetstream.stopping import stop
from tritone.errors import TritoneError
from tritone.nats.connection import NATS
from tritone.nats.failures import as_tritone_error
from tritone.nats.streams import ConsumerSpec

__all__ = ["Pulling"]

LOOK_SECONDS: Final = 1.0
"""How often it is made sure that the server knows of one."""
_TIMEOUT: Final = "408"
_PENDING: Final = "Nats-Pending-Messages"

log = structlog.get_logger("bridge")


class Pulling:
    """One consumer's messages, each handled in a task of its own.

    Args:
        nats: the connection.
        spec: the consumer.
        room: how many messages may be here at once, now.
        handle: what is done with one; it raises nothing.
        restore: makes the consumer again when it is gone.

    Attributes:
        held: how many are here.
    """

    def __init__(
        self,
        nats: NATS,
        spec: ConsumerSpec,
        *,
        room: Callable[[], int],
        handle: Callable[[Delivery], Awaitable[None]],
        restore: Callable[[], Awaitable[None]],
    ) -> None:
        self.spec = spec
        self._nats = nats
        self._room = room
        self._handle = handle
        self._restore = restore
        self._heartbeats = Heartbeats(spec.ack_wait)
        # A bridge that the server cannot reach any more beats no more, either. What it was working
        # on is delivered again once it wants nothing any more, and so to another.
        self._expires = spec.ack_wait / 3
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{spec.stream}.{spec.name}"
        self._inbox = nats.new_inbox()
        self._subscription: Subscription | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked = 0
        self._asked_at = 0.0
        self._gone = False
        self._draining = False

    @property
    def held(self) -> int:
        """How many messages are here."""
        return len(self._tasks)

    async def run(self) -> None:
        """Takes messages until cancelled."""
        # Messages wait in no queue here: there are never more than were asked for.
        self._subscription = await self._nats.subscribe(self._inbox, cb=self._came)
        while True:
            await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def beat(self) -> None:
        """Keeps those that are here alive until cancelled."""
        await self._heartbeats.run()

    async def ask(self) -> None:
        """Asks for as many messages as there is room for, unless so few are hardly worth it."""
        room = self._room()
        free = room - self.held - self._asked
        unheard = self._draining or self._subscription is None
        if unheard or free <= 0 or (self._asked and free * 4 < room):
            return
        self._asked += free
        self._asked_at = time.monotonic()
        wish = {"batch": free, "expires": int(self._expires * 1e9)}
        try:
            await self._nats.publish(self._subject, json.dumps(wish).encode(), self._inbox)
        except Exception as error:  # noqa: BLE001 - the client raises what it likes
            self._asked = 0  # asked again at the next look
            log.debug("cannot ask for messages", reason=as_tritone_error(error).message)

    async def forget(self) -> None:
        """The server has forgotten what it was asked for, as one that was started again does."""
        self._asked = 0
        await self.ask()

    async def stop(self) -> None:
        """Takes no more messages; what still comes is put back."""
        self._draining = True
        subscription, self._subscription = self._subscription, None
        if subscription is not None and self._nats.is_connected:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await subscription.drain()  # type: ignore[no-untyped-call]
            except Exception as error:  # noqa: BLE001 - the client raises what it likes
                log.debug("cannot unsubscribe", reason=as_tritone_error(error).message)

    async def finish(self, seconds: float) -> None:
        """Waits for what is at work; after so many seconds it is stopped and put back."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await stop(self._tasks)

    async def _look(self) -> None:
        if self._gone:
            try:
                await self._restore()
                self._gone = False
            except TritoneError as error:
                log.warning("cannot make the consumer", consumer=self.spec.name, code=error.code)
                return
        if self._asked and time.monotonic() > self._asked_at + self._expires + LOOK_SECONDS:
            self._asked = 0  # its end was lost on the way
        await self.ask()

    async def _came(self, message: Msg) -> None:
        status = (message.headers or {}).get(Header.STATUS.value) if not message.reply else None
        if status is not None:
            await self._told(status, message)
            return
        self._asked = max(0, self._asked - 1)
        delivery = Pulled(message, self.spec.max_deliver)
        if self._draining:
            await delivery.nak()
            return
        task = asyncio.create_task(self._work(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await self.ask()

    async def _told(self, status: str, message: Msg) -> None:
        """The server ends a request for messages."""
        left = (message.headers or {}).get(_PENDING, "")
        if status == _TIMEOUT and left.isdigit():
            self._asked = max(0, self._asked - int(left))
            await self.ask()
            return
        # The consumer is gone, or its server: looked after in a moment.
        self._asked = 0
        self._gone = True

    async def _work(self, delivery: Delivery) -> None:
        try:
            with self._heartbeats.keeping(delivery):
                await self._handle(delivery)
        finally:
            task = asyncio.current_task()
            if task is not None:
                self._tasks.discard(task)
        await self.ask()
