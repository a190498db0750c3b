"""The requests a model is working on, by id, so that one can be stopped by name."""

import threading
from collections import OrderedDict
from typing import Final

from tritone.cancellation import Cancellation
from tritone.errors import Cancelled

__all__ = ["Running"]

_REMEMBERED: Final = 1024
"""Stops that came before their request, kept until it comes: a stop may overtake its request."""


class Running:
    """Registry of running requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, Cancellation] = {}
        self._stopped: OrderedDict[str, None] = OrderedDict()

    def add(self, request_id: str, cancellation: Cancellation) -> None:
        """Registers a request; cancels it at once when its stop came first."""
        with self._lock:
            self._calls[request_id] = cancellation
            stopped = request_id in self._stopped
            self._stopped.pop(request_id, None)
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
                self._stopped[request_id] = None
                while len(self._stopped) > _REMEMBERED:
                    self._stopped.popitem(last=False)
        if cancellation is not None:
            cancellation.cancel(Cancelled("stopped by a cancel request"))
