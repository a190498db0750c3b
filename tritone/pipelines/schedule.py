"""In which order the turns of different callers are served.

Every stage has room for a few turns at once, because the cores are few. Who gets the next room is
a `Policy`, and it is decided here for all stages and all callers. The default serves by playback:
a caller who has heard nothing yet, or whose audio is about to run out, goes before one who still
has seconds of it to listen to; that one's turn pauses, even in the middle of generating, and
nobody hears a difference. It is earliest-deadline-first (Liu and Layland, 1973) with the end of
the buffered audio as the deadline.
"""

import contextlib
import enum
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from tritone.cancellation import Cancellation
from tritone.errors import SetupError

__all__ = ["FirstCome", "PlaybackPaced", "Policy", "Schedule", "Stage", "Turn", "policy"]

_RECHECK_SECONDS: Final = 0.05
"""Playback moves on by itself, so those who wait look again this often."""


class Stage(enum.Enum):
    """The parts of a turn that compete for the machine."""

    HEAR = "hear"
    THINK = "think"
    SPEAK = "speak"


class Turn:
    """One turn and the playback of its audio, as far as the server can know it.

    Attributes:
        arrived: when its request came, by the schedule's clock, in seconds.
        played_until: when the audio sent so far will have been heard; 0 before any was sent.
    """

    def __init__(self, arrived: float) -> None:
        self.arrived = arrived
        self.played_until = 0.0

    def sent(self, seconds: float, now: float) -> None:
        """Takes note of audio sent: it plays after what is buffered, or at once."""
        self.played_until = max(self.played_until, now) + seconds

    def ahead(self, now: float) -> float:
        """Seconds of audio that the caller has not heard yet."""
        return max(0.0, self.played_until - now)


class Policy(Protocol):
    """Decides between turns."""

    def key(self, turn: Turn) -> float:
        """The turn with the smallest key goes first."""

    def rests(self, turn: Turn, others: Iterator[Turn], now: float) -> bool:
        """Whether the turn gives way although there is room for it."""


class FirstCome:
    """By arrival, and nobody gives way. The yardstick for the other."""

    def key(self, turn: Turn) -> float:
        """Arrival."""
        return turn.arrived

    def rests(self, turn: Turn, others: Iterator[Turn], now: float) -> bool:
        """Never."""
        return False


class PlaybackPaced:
    """By the end of buffered audio; who is comfortably ahead gives way to who is not.

    Args:
        comfort: seconds of buffered audio that let a turn rest.
    """

    def __init__(self, comfort: float = 2.0) -> None:
        self.comfort = comfort

    def key(self, turn: Turn) -> float:
        """When the caller falls silent; a caller who heard nothing yet fell silent on arrival."""
        return turn.played_until or turn.arrived

    def rests(self, turn: Turn, others: Iterator[Turn], now: float) -> bool:
        """Whether it is ahead and another is not."""
        return turn.ahead(now) > self.comfort and any(
            other.ahead(now) <= self.comfort for other in others
        )


_POLICIES: Final[Mapping[str, Callable[[], Policy]]] = {
    "playback_paced": PlaybackPaced,
    "first_come": FirstCome,
}


def policy(name: str) -> Policy:
    """The policy of this name.

    Raises:
        SetupError: there is none; the message lists those there are.
    """
    if name not in _POLICIES:
        raise SetupError(f"no schedule is called '{name}': choose {' or '.join(_POLICIES)}")
    return _POLICIES[name]()


class Schedule:
    """Admits turns to stages.

    Args:
        policy: who goes first.
        room: how many turns each stage serves at once.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        policy: Policy,
        room: Mapping[Stage, int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if any(places < 1 for places in room.values()):
            raise SetupError("every stage needs room for one turn at least")
        self.policy = policy
        self.clock = clock
        self._free = dict(room)
        self._waiting: dict[Stage, list[Turn]] = {stage: [] for stage in Stage}
        self._present: list[Turn] = []
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def turn(self) -> Iterator[Turn]:
        """A turn that arrives now and counts until the block ends."""
        turn = Turn(self.clock())
        with self._changed:
            self._present.append(turn)
        try:
            yield turn
        finally:
            with self._changed:
                self._present.remove(turn)
                self._changed.notify_all()

    @contextlib.contextmanager
    def admit(self, turn: Turn, stage: Stage, cancellation: Cancellation) -> Iterator[None]:
        """Waits for room in a stage and keeps it until the block ends.

        Raises the cancellation's reason when it is cancelled while waiting.
        """
        with self._changed:
            self._waiting[stage].append(turn)
            try:
                while not self._is_next(turn, stage):
                    self._changed.wait(_RECHECK_SECONDS)
                    cancellation.check()
                self._free[stage] -= 1
            finally:
                self._waiting[stage].remove(turn)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free[stage] += 1
                self._changed.notify_all()

    def should_rest(self, turn: Turn) -> bool:
        """Whether a turn at work should pause at the next good place and be admitted again."""
        with self._changed:
            return self._rests(turn)

    def sent(self, turn: Turn, seconds: float) -> None:
        """Takes note that `seconds` of audio went out to the turn's caller."""
        with self._changed:
            turn.sent(seconds, self.clock())
            self._changed.notify_all()

    def _is_next(self, turn: Turn, stage: Stage) -> bool:
        if self._free[stage] < 1 or self._rests(turn):
            return False
        rivals = [other for other in self._waiting[stage] if not self._rests(other)]
        return min(rivals, key=self.policy.key) is turn

    def _rests(self, turn: Turn) -> bool:
        others = (other for other in self._present if other is not turn)
        return self.policy.rests(turn, others, self.clock())
