"""One cancel for a whole turn: a flag that every stage looks at, and that calls back.

Whoever owns a request cancels it once (the caller left, its deadline passed, a stage failed);
every stage below either polls `check` between small pieces of work or registers `on_cancel` to
stop something that cannot poll.
"""

import threading
import time
from collections.abc import Callable

from tritone.errors import Cancelled, DeadlineExceeded, TritoneError

__all__ = ["Cancellation"]


class Cancellation:
    """A thread-safe, one-way flag with a reason.

    Args:
        deadline: `time.monotonic()` value after which `check` cancels by itself, or None.
    """

    def __init__(self, deadline: float | None = None) -> None:
        self.deadline = deadline
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self._reason: TritoneError | None = None

    @property
    def cancelled(self) -> bool:
        """Whether to stop. Passing the deadline counts from the next look on."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.cancel(DeadlineExceeded("the request's deadline passed"))
        return self._event.is_set()

    @property
    def reason(self) -> TritoneError | None:
        """Why, once cancelled."""
        return self._reason

    def cancel(self, reason: TritoneError) -> None:
        """Cancels with the first reason given; later calls change nothing."""
        with self._lock:
            if self._reason is not None:
                return
            self._reason = reason
            callbacks, self._callbacks = self._callbacks, []
            self._event.set()
        for callback in callbacks:
            callback()

    def check(self) -> None:
        """Raises the reason when cancelled."""
        if self.cancelled and self._reason is not None:
            raise self._reason

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back once, in the cancelling thread (at once when already cancelled).

        Returns a function that takes the registration back.
        """
        with self._lock:
            if self._reason is None:
                self._callbacks.append(callback)
                return lambda: self._forget(callback)
        callback()
        return lambda: None

    def _forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    def child(self) -> "Cancellation":
        """A cancellation of its own that this one cancels too, for a part of the work."""
        child = Cancellation(self.deadline)
        self.on_cancel(lambda: child.cancel(self._reason or Cancelled("cancelled")))
        return child

    def wait(self, seconds: float) -> bool:
        """Sleeps until cancelled or for `seconds`; answers whether cancelled."""
        self._event.wait(seconds)
        return self.cancelled
