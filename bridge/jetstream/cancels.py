"""Requests that somebody does not want answered any more: ``ai.cancel.<request_id>``.

Every replica hears of every cancel. It stops the request where it runs; where it does not run yet,
it is remembered, for the cancel may overtake its request.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final

from tritone.errors import Cancelled

__all__ = ["Cancels", "Watch"]

MOST_REMEMBERED: Final = 10_000
REMEMBERED_SECONDS: Final = 300.0
_TEXT: Final = "the request was cancelled"


class Watch:
    """One request at work, in the task that made this.

    asyncio's own `wait_for` and the NATS client may swallow a cancellation; `check` finds it.
    """

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self.cancelled = False

    def cancel(self) -> None:
        """Stops it."""
        if not self.cancelled and self._task is not None:
            self.cancelled = True
            self._task.cancel()

    def check(self) -> None:
        """Raises Cancelled when it was stopped."""
        if self.cancelled:
            raise Cancelled(_TEXT)

    def taken_back(self) -> bool:
        """Lets the task go on; whether nobody else has cancelled it."""
        return self._task is not None and self._task.uncancel() == 0


class Cancels:
    """What is at work, and what shall not begin.

    Args:
        most: ids remembered; the oldest are forgotten first.
        seconds: how long one is.
        clock: in seconds.
    """

    def __init__(
        self,
        *,
        most: int = MOST_REMEMBERED,
        seconds: float = REMEMBERED_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._running: dict[str, Watch] = {}
        self._told: OrderedDict[str, float] = OrderedDict()

    def cancel(self, request_id: str) -> None:
        """Takes a cancel that came."""
        watch = self._running.get(request_id)
        if watch is not None:
            watch.cancel()
        self._told.pop(request_id, None)
        self._told[request_id] = self._clock() + self._seconds
        while len(self._told) > self._most:
            self._told.popitem(last=False)

    @contextlib.contextmanager
    def watching(self, request_id: str) -> Iterator[Watch]:
        """A block that a cancel ends; no other may run for the same id.

        Raises:
            Cancelled: at its begin or its end, when there was a cancel.
        """
        if self._told.get(request_id, 0.0) > self._clock():
            raise Cancelled(_TEXT)
        watch = self._running[request_id] = Watch()
        try:
            yield watch
        except BaseException as error:
            if watch.cancelled and watch.taken_back() and _is_cancel(error):
                raise Cancelled(_TEXT) from None
            raise
        else:
            if watch.cancelled and watch.taken_back():
                raise Cancelled(_TEXT)
        finally:
            del self._running[request_id]


def _is_cancel(error: BaseException) -> bool:
    return isinstance(error, asyncio.CancelledError | Cancelled)
