"""The requests a model is working on, by id, so that one can be stopped by name."""

import threading
import time
from collections import OrderedDict
from typing import Final

from tritone.cancellation import Cancellation
from tritone.errors import Cancelled

__all__ = ["Running"]

_REMEMBERED: Final = 1024
_REMEMBER_SECONDS: Final = 5.0
"""How many stops are kept for how long until their request comes: a stop may overtake it."""


class Running:
    """Registry of running requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, Cancellation] = {}
        self._stopped: OrderedDict[str, float] = OrderedDict()

    def add(self, request_id: str, cancellation: Cancellation) -> None:
        """Registers a request; cancels it at once when its stop came first."""
        with self._lock:
            self._calls[request_id] = cancellation
            stopped = time.monotonic() < self._stopped.pop(request_id, 0.0)
        if stopped:
            cancellation.cancel(Cancelled("stopped by a cancel request"))

    def discard(self, request_id: str, cancellation: Cancellation) -> None:
        """Forgets a request that ended."""
        with self._lock:
            if self._calls.get(request_id) is cancellation:
                del self._calls[request_id]

    def stop(self, request_id: str) -> None:
        """Cancels the request of this id, now or as soon as it comes."""
        with self._lock:
            cancellation = self._calls.get(request_id)
            if cancellation is None:
                self._stopped[request_id] = time.monotonic() + _REMEMBER_SECONDS
                while len(self._stopped) > _REMEMBERED:
                    self._stopped.popitem(last=False)
        if cancellation is not None:
            cancellation.cancel(Cancelled("stopped by a cancel request"))
