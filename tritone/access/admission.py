"""Which requests are taken on: a bounded queue for each lane of work."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable

from tritone.access.figures import Figures
from tritone.access.queue import LaneQueue
from tritone.access.ticket import Ticket
from tritone.settings import Lane

__all__ = ["Admission"]


class Admission:
    """The queues of a door.

    Args:
        lanes: the bounds of each kind of work, by its name: `tritone.settings.Lanes`, say.
        queue_seconds: longest wait for a place.
        backends: a callable that answers how many backends are healthy.
        clock: seconds, of a clock that never goes back.
    """

    def __init__(
        self,
        lanes: Iterable[tuple[str, Lane]],
        queue_seconds: float,
        backends: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queues = {
            name: LaneQueue(name, bounds, queue_seconds, backends, clock) for name, bounds in lanes
        }

    def ask(self, lane: str, caller: str, deadline: float | None = None) -> Ticket:
        """A ticket of a lane, for doors that do other things while they wait: see `LaneQueue.ask`.

        Raises:
            Overloaded: the place would come too late; `retry_after` says when to try again.
        """
        return self._queues[lane].ask(caller, deadline)

    @contextlib.asynccontextmanager
    async def enter(
        self, lane: str, caller: str, deadline: float | None = None
    ) -> AsyncIterator[Ticket]:
        """A place in a lane, kept while the block runs.

        Args:
            lane: the name of the kind of work.
            caller: whose request it is: those who have fewest running go first.
            deadline: seconds after which the caller has no use for a place.

        Raises:
            Overloaded: the place would come too late, or did; `retry_after` says when to try again.
        """
        ticket = self.ask(lane, caller, deadline)
        try:
            await ticket.turn()
            yield ticket
        finally:
            ticket.leave()

    def refresh(self) -> None:
        """Gives new places to those who wait: to be called when a backend has come back."""
        for queue in self._queues.values():
            queue.refresh()

    def figures(self) -> dict[str, Figures]:
        """What each lane is doing."""
        return {name: queue.figures() for name, queue in self._queues.items()}
