"""Certificates that are replaced while they are used, as certificate managers do."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from tritone.errors import SetupError
from tritone.house.certificates import Files, Pems

__all__ = ["LOOK_SECONDS", "Rotation"]

LOOK_SECONDS: Final = 5.0
"""How late a replaced file is noticed."""


class Rotation:
    """Reads the files again and again, and says when they have become others.

    Files that do not fit together are a replacement half way, or a mistake: what was there before
    stays in use, and that is told once.

    Args:
        files: to look at.
        pems: what they held when they were read first.
        changed: takes what they hold now, each time that it is something else.
        on_event: takes what happens: a text and its level.
        every: seconds between looks.
    """

    def __init__(
        self,
        files: Files,
        pems: Pems,
        changed: Callable[[Pems], None],
        on_event: Callable[[str, str], None] = lambda _text, _level: None,
        *,
        every: float = LOOK_SECONDS,
    ) -> None:
        self._files = files
        self._pems = pems
        self._changed = changed
        self._on_event = on_event
        self._every = every
        self._told = ""
        self._task = asyncio.create_task(self._watch(), name="certificates")

    async def aclose(self) -> None:
        """Stops looking."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                pems = await asyncio.to_thread(self._files.read)
            except SetupError as error:
                if error.message != self._told:
                    self._told = error.message
                    self._on_event(f"the certificates in use stay: {error.message}", "warning")
                continue
            self._told = ""
            if pems != self._pems:
                self._pems = pems
                self._changed(pems)
                self._on_event("new certificates are in use", "info")
