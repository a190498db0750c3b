"""What has come for a reader, and how long it waits for more."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from nats.aio.msg import Msg

from tritone.errors import DeadlineExceeded, ServerUnreachable

__all__ = ["Arrival", "Inbox", "Patience"]

MOST_ARRIVALS: Final = 1024


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came: a chunk, a whole answer, or `look`: something may have come and was not heard."""

    what: Literal["chunk", "whole", "look"]
    data: bytes = b""


class Inbox:
    """What has come and was not read. What no longer fits is dropped: the streams have it."""

    def __init__(self) -> None:
        self._arrivals: asyncio.Queue[Arrival] = asyncio.Queue(MOST_ARRIVALS)

    def put(self, arrival: Arrival) -> None:
        """Takes it in, if there is room."""
        if not self._arrivals.full():
            self._arrivals.put_nowait(arrival)

    def callback(self, what: Literal["chunk", "whole"]) -> Callable[[Msg], Awaitable[None]]:
        """What a subscription calls."""

        async def came(message: Msg) -> None:
            self.put(Arrival(what, message.data))

        return came

    async def get(self, seconds: float) -> Arrival | None:
        """The next; None when nothing came for so long."""
        try:
            async with asyncio.timeout(seconds):
                return await self._arrivals.get()
        except TimeoutError:
            return None


class Patience:
    """How long a reader waits.

    Args:
        seconds: for the end of the answer; None has no end.
        idle_seconds: for anything of it.
        connected: whether there is a server; that there is none is told as such.
    """

    def __init__(
        self, seconds: float | None, idle_seconds: float, connected: Callable[[], bool]
    ) -> None:
        self._seconds, self._idle_seconds, self._connected = seconds, idle_seconds, connected
        self._until = float("inf") if seconds is None else time.monotonic() + seconds
        self.refresh()

    def refresh(self) -> None:
        """Something came."""
        self._idle_until = time.monotonic() + self._idle_seconds

    def left(self) -> float:
        """Seconds until it is at its end.

        Raises:
            DeadlineExceeded: it is.
            ServerUnreachable: it is, and there is no server.
        """
        now = time.monotonic()
        left = min(self._until, self._idle_until) - now
        if left > 0:
            return left
        if not self._connected():
            raise ServerUnreachable("the NATS server does not come back")
        if now >= self._until:
            raise DeadlineExceeded(f"the answer was not whole after {self._seconds:g} s")
        raise DeadlineExceeded(
            f"nothing came for {self._idle_seconds:g} s: either no bridge is at work, or it has "
            "too much of it"
        )
