"""The orderly end of a door: nothing new is taken on, what runs may finish."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Final

from tritone.errors import Draining

__all__ = ["Drain"]

_TRY_AGAIN_SECONDS: Final = 5.0


class Drain:
    """Counts running requests, and refuses new ones once it has begun.

    Attributes:
        draining: whether it has begun.
        running: requests that have not ended.
    """

    def __init__(self) -> None:
        self.draining = False
        self.running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self) -> None:
        """From now on new requests are refused. May be called from a signal handler."""
        self.draining = True

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """One request.

        Raises:
            Draining: it came too late.
        """
        if self.draining:
            raise Draining(
                "this server is being stopped: ask another one, or try again",
                retry_after=_TRY_AGAIN_SECONDS,
            )
        self.running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self.running -= 1
            if not self.running:
                self._idle.set()

    async def idle(self, timeout: float) -> bool:  # noqa: ASYNC109 - a bound on waiting, no error
        """Waits until nothing runs, or `timeout` seconds; whether nothing runs."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), timeout)
        return not self.running
