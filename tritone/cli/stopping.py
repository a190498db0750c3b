"""Ctrl-C and SIGTERM as something to look at, so that a server is stopped in order."""

import asyncio
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any, Self, TypeVar

__all__ = ["StopSignal"]

T = TypeVar("T")


class StopSignal:
    """Within its block, SIGINT and SIGTERM only set `requested`; a second one changes nothing.

    A plain attribute and not a `threading.Event`: setting an event in a signal handler can
    deadlock with the main thread's waiting for it.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[signal.Signals, Any] = {}

    def __call__(self) -> bool:
        """Whether to stop."""
        return self.requested

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._request)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _request(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True

    async def unless(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Runs `work`, or cancels it as soon as stopping is requested; then answers None."""
        task = asyncio.ensure_future(work)
        while not task.done():
            if self.requested:
                task.cancel()
            await asyncio.wait({task}, timeout=0.1)
        return None if task.cancelled() else task.result()
