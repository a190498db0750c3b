"""What one key may ask for: requests within a minute, and requests at once.

The rate is a moving window over the times of the accepted requests, so that no 60 seconds hold more
than the limit, wherever they begin. Nothing here waits: a decision is made and counted in one step
of the event loop, which no cancel can come between.

The package `limits` does not serve here. Its asynchronous window in memory keeps a key's lock while
a thread of the event loop's pool clears old entries: with the pool busy (decoding audio) every
request of that key waits for it.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tritone.access.keys import Key
from tritone.errors import RateLimited

__all__ = ["KeyLimits", "Standing"]

_WINDOW_SECONDS: Final = 60.0
_TRY_AGAIN_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a key stands with its rate.

    Attributes:
        limit: requests per minute.
        remaining: those that would be accepted now.
        reset: seconds until all of the limit is free again, if nothing else comes.
    """

    limit: int
    remaining: int
    reset: float


@dataclass(slots=True)
class _Use:
    accepted: deque[float] = field(default_factory=deque)
    running: int = 0


class KeyLimits:
    """Holds keys to their limits, in this process.

    Args:
        clock: seconds, of a clock that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._uses: dict[str, _Use] = {}

    @contextlib.contextmanager
    def hold(self, key: Key) -> Iterator[None]:
        """One request of this key, which counts among those at once until the block ends.

        Raises:
            RateLimited: a limit is used up; `retry_after` says when the next request will pass. The
                refused request counts for nothing.
        """
        use = self._use(key)
        if key.concurrency is not None and use.running >= key.concurrency:
            raise RateLimited(
                f"the key '{key.name}' may have {key.concurrency} requests at once: "
                "wait for one of them to end",
                retry_after=_TRY_AGAIN_SECONDS,
            )
        if key.requests_per_minute is not None:
            self._accept(key, key.requests_per_minute, use)
        use.running += 1
        try:
            yield
        finally:
            use.running -= 1

    def standing(self, key: Key) -> Standing | None:
        """How the key stands; None: its rate has no limit."""
        limit = key.requests_per_minute
        if limit is None:
            return None
        accepted = self._use(key).accepted
        reset = accepted[-1] + _WINDOW_SECONDS - self._clock() if accepted else 0.0
        return Standing(limit, max(0, limit - len(accepted)), max(0.0, reset))

    def _use(self, key: Key) -> _Use:
        use = self._uses.setdefault(key.id, _Use())
        begin = self._clock() - _WINDOW_SECONDS
        while use.accepted and use.accepted[0] <= begin:
            use.accepted.popleft()
        return use

    def _accept(self, key: Key, limit: int, use: _Use) -> None:
        now, accepted = self._clock(), use.accepted
        if len(accepted) >= limit:
            # Not simply the oldest: the limit may have been lowered meanwhile.
            wait = accepted[len(accepted) - limit] + _WINDOW_SECONDS - now
            raise RateLimited(
                f"the key '{key.name}' may send {limit} requests a minute: "
                f"the next one will pass in {wait:.1f} s",
                retry_after=wait,
            )
        accepted.append(now)
