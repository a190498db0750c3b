"""Ends tasks for good.

On Python 3.11 `asyncio.wait_for` loses a cancellation that comes together with a result, and the
NATS client swallows one while it flushes; so a task is cancelled until it has heard it.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["stop"]

AGAIN_SECONDS: Final = 0.2


async def stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels tasks and waits for their ends; what they raise is of no interest any more."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
        for task in ended:
            if not task.cancelled():
                task.exception()
