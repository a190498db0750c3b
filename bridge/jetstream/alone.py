"""One at a time for each request: a server that lost its memory may deliver one twice at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

__all__ = ["Alone"]


class Alone:
    """Locks by key, kept only as long as somebody uses them."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def holding(self, key: str) -> AsyncIterator[None]:
        """A block that no other runs with the same key."""
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = lock, users - 1
