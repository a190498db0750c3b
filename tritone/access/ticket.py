"""One request's standing in a lane: it waits, it has a place, or it is over."""

import asyncio
import enum
from collections.abc import Callable

from tritone.errors import TritoneError

__all__ = ["State", "Ticket"]


class State(enum.Enum):
    """Where a request stands."""

    WAITING = enum.auto()
    RUNNING = enum.auto()
    OVER = enum.auto()


class Ticket:
    """See the module. Whoever has a ticket must `leave` in the end.

    Attributes:
        caller: whose request it is.
        arrival: its number in the order of arrival.
        since: when its state began, by the lane's clock.
        state: where it stands; changed by its lane only.
        waited: seconds until its place came; 0 while it waits.
        counts: whether its time goes into the lane's average; not for one that failed at once.
    """

    __slots__ = (
        "_decided",
        "_left",
        "_timer",
        "arrival",
        "caller",
        "counts",
        "since",
        "state",
        "waited",
    )

    def __init__(
        self, caller: str, arrival: int, now: float, left: Callable[["Ticket"], None]
    ) -> None:
        self.caller = caller
        self.arrival = arrival
        self.since = now
        self.state = State.WAITING
        self.waited = 0.0
        self.counts = True
        self._left = left
        self._decided: asyncio.Future[TritoneError | None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def granted(self) -> bool:
        """Whether it has a place."""
        return self.state is State.RUNNING

    async def turn(self) -> None:
        """Waits for the place; returns at once to one that has it.

        Raises:
            Overloaded: its time ran out, or it had to make room for a caller who has less.
        """
        if self._decided is not None and (error := await self._decided) is not None:
            raise error

    def leave(self) -> None:
        """Gives back the place, or stops waiting. More than once does no harm."""
        self._left(self)

    def wait(self, seconds: float, late: Callable[["Ticket"], None]) -> None:
        """For its lane: begins to wait, and calls `late` when nothing was decided in time."""
        loop = asyncio.get_running_loop()
        self._decided = loop.create_future()
        self._timer = loop.call_later(seconds, late, self)

    def decide(self, state: State, error: TritoneError | None = None) -> None:
        """For its lane: the new state, told to whoever awaits `turn`."""
        self.state = state
        if self._timer is not None:
            self._timer.cancel()
        # It is done already when its awaiter was cancelled, who will `leave` in a moment.
        if self._decided is not None and not self._decided.done():
            self._decided.set_result(error)
