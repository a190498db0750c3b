"""One lane's bounded queue: who works, who waits, who is told to come back later.

A request asks once and is answered at once: it runs, it waits, or it is refused because its turn
would come too late. All decisions are plain function calls on one event loop, so that a cancel can
never come between a place and its count; `Ticket.leave` undoes whatever was decided.

Order: the caller with the fewest running requests goes first, among equals who came first. When
all waiting places are taken, a caller who has less than the greediest takes the place of that
one's latest request.

Expected wait: every place comes free one average service time after its request began, or the
places come free one after the other at even distances; the later of the two counts, as a refusal
that comes late is worse than one too many. While nobody has begun or ended for longer than the
average, it is no guide, and the wait is expected to last as long again as that silence.

Overload: a queue is there for crowds that pass. One that stands only makes everyone late, so when
no request has found a free place for twice the wait allowed, a quarter of it is allowed from then
on, but to who is next (as in "Fail at Scale", https://queue.acm.org/detail.cfm?id=2839461).
"""

import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Final

from tritone.access.figures import Figures
from tritone.access.service_time import ServiceTime
from tritone.access.ticket import State, Ticket
from tritone.errors import Overloaded
from tritone.settings import Lane

__all__ = ["LaneQueue"]

# Who expects to need all of the time allowed has an even chance of a late refusal.
_MARGIN: Final = 0.75
# Who was let in is served, though others took longer than they used to: a late refusal has cost
# its caller the wait. Only a queue that stands still ends it, or the caller's own deadline.
_PATIENCE: Final = 4
_STANDS_AFTER: Final = 2
_STANDING_PART: Final = 0.25
_LEAST_RETRY: Final = 1.0
# OpenAI's clients take no notice of a longer one.
_MOST_RETRY: Final = 60.0


class LaneQueue:
    """See the module.

    Args:
        name: of the lane, for messages.
        bounds: places of one backend, and waiting places.
        queue_seconds: longest wait that is expected of who is let in.
        backends: a callable that answers how many backends are healthy. With none, requests go
            on as if there were one, and learn at once why they fail.
        clock: seconds, of a clock that never goes back.
    """

    def __init__(
        self,
        name: str,
        bounds: Lane,
        queue_seconds: float,
        backends: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._bounds = bounds
        self._queue_seconds = queue_seconds
        self._backends = backends
        self._clock = clock
        self._waiting: list[Ticket] = []  # by arrival
        self._running: Counter[str] = Counter()  # by caller, without zeros
        self._at_work: dict[Ticket, None] = {}  # in the order in which they began
        self._arrivals = 0
        self._service = ServiceTime()
        self._changed = clock()  # when a request last began or ended
        self._crowded: float | None = None  # since when nobody has found a free place
        self._admitted = 0
        self._refused = 0

    def ask(self, caller: str, deadline: float | None = None) -> Ticket:
        """A ticket that has a place, or waits for one.

        Args:
            caller: whose request it is.
            deadline: seconds after which the caller has no use for a place.

        Raises:
            Overloaded: the place would come too late, or too many wait; with `retry_after`.
        """
        self.refresh()
        self._arrivals += 1
        ticket = Ticket(caller, self._arrivals, self._clock(), self._leave)
        if not self._waiting and len(self._at_work) < self._places():
            self._crowded = None
            self._admit(ticket)
            return ticket
        before = self._before(caller)
        allowed = self._allowed(before)
        allowed = allowed if deadline is None else min(deadline, allowed)
        expected = self._expected_wait(before)
        if expected > allowed * _MARGIN:
            raise self._refusal(
                f"it may wait {expected / _MARGIN:.1f} s, longer than {allowed:g} s"
            )
        if len(self._waiting) >= self._bounds.waiting and not self._make_room(caller):
            raise self._refusal("the queue is full")
        patience = _PATIENCE * self._queue_seconds
        patience = patience if deadline is None else min(deadline, patience)
        reason = f"no place came free in {patience:g} s"
        ticket.wait(patience, lambda late: self._give_up(late, reason))
        self._waiting.append(ticket)
        return ticket

    def refresh(self) -> None:
        """Gives free places to those who wait: to be called when there are more backends."""
        while self._waiting and len(self._at_work) < self._places():
            ticket = min(self._waiting, key=lambda one: (self._running[one.caller], one.arrival))
            self._waiting.remove(ticket)
            self._admit(ticket)

    def figures(self) -> Figures:
        """What the lane is doing."""
        return Figures(
            running=len(self._at_work),
            waiting=len(self._waiting),
            places=self._places(),
            average=self._service.average,
            admitted=self._admitted,
            refused=self._refused,
        )

    def _places(self) -> int:
        return self._bounds.running * max(1, self._backends())

    def _admit(self, ticket: Ticket) -> None:
        now = self._clock()
        ticket.waited, ticket.since = now - ticket.since, now
        self._running[ticket.caller] += 1
        self._at_work[ticket] = None
        self._admitted += 1
        self._changed = now
        ticket.decide(State.RUNNING)

    def _leave(self, ticket: Ticket) -> None:
        state = ticket.state
        ticket.decide(State.OVER)
        if state is State.WAITING:
            self._waiting.remove(ticket)
        elif state is State.RUNNING:
            self._changed = self._clock()
            if ticket.counts:
                full = len(self._at_work) >= self._places()
                self._service.take(self._changed - ticket.since, full=full)
            del self._at_work[ticket]
            self._running[ticket.caller] -= 1
            if not self._running[ticket.caller]:
                del self._running[ticket.caller]
            self.refresh()

    def _give_up(self, ticket: Ticket, reason: str) -> None:
        """Refuses one that waits."""
        self._waiting.remove(ticket)
        ticket.decide(State.OVER, self._refusal(reason))

    def _make_room(self, caller: str) -> bool:
        """Sends away the latest request of who has most, if `caller` then still has no more."""
        if not self._waiting:
            return False
        has = self._running + Counter(ticket.caller for ticket in self._waiting)
        latest = max(self._waiting, key=lambda ticket: (has[ticket.caller], ticket.arrival))
        if has[latest.caller] <= has[caller] + 1:
            return False
        self._give_up(latest, "another caller, with less running and waiting, needed the place")
        return True

    def _allowed(self, before: int) -> float:
        """Seconds that a request may wait that so many go before."""
        now = self._clock()
        if self._crowded is None:
            self._crowded = now
        stands = now - self._crowded > _STANDS_AFTER * self._queue_seconds
        return self._queue_seconds * (_STANDING_PART if stands and before else 1)

    def _expected_wait(self, before: int) -> float:
        """Seconds until the turn of a request that so many go before."""
        now = self._clock()
        silence = now - self._changed
        expected = (before + 1) * self._service.average / self._places()
        if self._at_work:
            rounds, place = divmod(before, len(self._at_work))
            begun = next(islice(self._at_work, place, None)).since
            expected = max(expected, begun + (rounds + 1) * self._service.average - now)
        return max(expected, silence) if silence > self._service.average else expected

    def _before(self, caller: str) -> int:
        """How many of those who wait go before a newcomer of this caller, as it looks now."""
        next_turn = Counter(self._running)  # what a caller has running when the next one's turn is
        turns = []
        for ticket in self._waiting:
            turns.append(next_turn[ticket.caller])
            next_turn[ticket.caller] += 1
        return sum(turn <= next_turn[caller] for turn in turns)

    def _refusal(self, reason: str) -> Overloaded:
        self._refused += 1
        # By then all who wait now have had their turn.
        wait = self._expected_wait(len(self._waiting))
        retry_after = min(max(wait, _LEAST_RETRY), _MOST_RETRY)
        return Overloaded(
            f"too much {self._name} work ({len(self._at_work)} running, {len(self._waiting)} "
            f"waiting): {reason}; try again in {retry_after:.0f} s",
            retry_after=retry_after,
        )
