"""Spares what failed: for a growing time, then lets a few calls try it, then all of them.

It knows neither servers nor models, only what begins, succeeds and fails.
"""

import time
from collections.abc import Callable
from typing import Final

from tritone.routing.pace import Pace

__all__ = ["Breaker"]

_PACE: Final = Pace()


class Breaker:
    """Closed while all goes well; spared after a failure; half open on the way back.

    Calls that began before the last failure are no evidence for or against what is there now:
    eight calls broken by one crash are one failure.

    Args:
        pace: how long to spare, how slowly to come back.
        clock: seconds, monotonic.
    """

    def __init__(self, pace: Pace = _PACE, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._clock = clock
        self._failures = 0
        self._spared_until = 0.0
        self._successes = 0
        self._trials = 0
        self._generation = 0

    @property
    def closed(self) -> bool:
        """Whether nothing is wrong."""
        return self._failures == 0

    @property
    def spared_for(self) -> float:
        """Seconds until the first call may try again; 0 when it may."""
        return 0.0 if self.closed else max(0.0, self._spared_until - self._clock())

    @property
    def has_room(self) -> bool:
        """Whether one more call is welcome. What comes back takes 1 at a time, then 2, 4, …"""
        return self.closed or (self.spared_for == 0 and self._trials < 2**self._successes)

    def begin(self) -> int:
        """A call begins; the answer is to be given to the other methods."""
        self._trials += 1
        return self._generation

    def end(self, call: int) -> None:
        """The call ended, however it did."""
        if call == self._generation:
            self._trials -= 1

    def succeeded(self, call: int) -> None:
        """The call was answered."""
        if self.closed or call != self._generation:
            return
        self._spared_until = 0.0
        self._successes += 1
        if self._successes >= self._pace.doublings:
            self._failures = self._successes = 0

    def failed(self, call: int) -> bool:
        """The call found nobody; whether that is news."""
        if call != self._generation:
            return False
        pause = self._pace.spare * 2.0 ** min(self._failures, 16)
        self._spared_until = self._clock() + min(pause, self._pace.spare_longest)
        self._failures += 1
        self._successes = 0
        self._trials = 0
        self._generation += 1
        return True

    def half_open(self) -> None:
        """What was gone is back: it is let in step by step, as after a failure."""
        self._failures = max(self._failures, 1)
        self._successes = 0
        self._trials = 0
        self._generation += 1
