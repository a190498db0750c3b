"""How many requests of one kind are at work at once: first come, first served."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Self

__all__ = ["Places"]


class Places:
    """A semaphore whose size may change.

    Args:
        size: how many there are now; call `refresh` when it has grown.

    Attributes:
        running: how many are taken.
    """

    def __init__(self, size: Callable[[], int]) -> None:
        self._size = size
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.running = 0

    @property
    def size(self) -> int:
        """How many there are."""
        return self._size()

    async def __aenter__(self) -> Self:
        """Takes a place, and waits for one."""
        if not self._waiting and self.running < self._size():
            self.running += 1
            return self
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was given, and is of no use any more
                self._give_back()
            else:
                with contextlib.suppress(ValueError):  # taken out by `refresh` in between
                    self._waiting.remove(turn)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._give_back()

    def _give_back(self) -> None:
        self.running -= 1
        self.refresh()

    def refresh(self) -> None:
        """Gives free places to those who wait."""
        while self._waiting and self.running < self._size():
            turn = self._waiting.popleft()
            if not turn.done():
                self.running += 1
                turn.set_result(None)
