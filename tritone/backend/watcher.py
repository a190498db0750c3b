"""Tells running requests that their caller went away.

Triton does not call back on cancellation: a model has to ask (server docs, request_cancellation).
One thread asks for every running request of the process, so that no engine has to.
"""

import threading
from typing import Any

from tritone.cancellation import Cancellation
from tritone.errors import Cancelled

__all__ = ["Watcher"]

POLL_SECONDS = 0.02
"""How late a cancel may be noticed; an ask costs some 20 microseconds."""


class Watcher:
    """Polls Triton for the cancellation of every request it was given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._watched: dict[int, tuple[Any, Cancellation]] = {}
        self._thread = threading.Thread(target=self._poll, name="cancel-watcher", daemon=True)
        self._thread.start()

    def add(self, sender: Any, cancellation: Cancellation) -> None:
        """Watches a response sender (it answers `is_cancelled`) until `discard`."""
        with self._lock:
            self._watched[id(sender)] = (sender, cancellation)
        self._wake.set()

    def discard(self, sender: Any) -> None:
        """Stops watching."""
        with self._lock:
            self._watched.pop(id(sender), None)

    def _poll(self) -> None:
        while True:
            with self._lock:
                watched = list(self._watched.values())
            if not watched:
                self._wake.wait()
                self._wake.clear()
                continue
            for sender, cancellation in watched:
                if cancellation.cancelled:
                    self.discard(sender)
                elif sender.is_cancelled():
                    cancellation.cancel(Cancelled("the caller went away"))
            threading.Event().wait(POLL_SECONDS)
