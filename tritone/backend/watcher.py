"""Tells running requests that their caller went away.

Triton does not call back on cancellation: a model has to ask (server docs, request_cancellation).
One thread asks for every running request of the process, so that no engine has to.
"""

import threading
import time
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
        """Stops watching. Afterwards the sender is not asked again.

        That must come before its last response: with it Triton frees what the question reads, and
        the server itself would crash.
        """
        with self._lock:
            self._watched.pop(id(sender), None)

    def _poll(self) -> None:
        while True:
            with self._lock:
                watched = list(self._watched)
            if not watched:
                self._wake.wait()
                self._wake.clear()
                continue
            for key in watched:
                self._ask(key)
            time.sleep(POLL_SECONDS)

    def _ask(self, key: int) -> None:
        with self._lock:
            sender, cancellation = self._watched.get(key, (None, None))
            left = sender is not None and sender.is_cancelled()
        if cancellation is None:
            return
        # Outside the lock, for a cancel calls back into the turn; the look notices a deadline.
        if left:
            cancellation.cancel(Cancelled("the caller went away"))
        if cancellation.cancelled:
            self.discard(sender)
