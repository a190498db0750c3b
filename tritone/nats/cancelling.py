"""Cancellation that is not lost: nats-py waits with `asyncio.wait_for`, which may swallow it.

https://github.com/python/cpython/issues/86296: before Python 3.12, a wait that has its result when
the cancellation arrives returns it, and the task goes on.
"""

import asyncio
import contextlib
from collections.abc import Iterator

__all__ = ["cancellable"]


@contextlib.contextmanager
def cancellable() -> Iterator[None]:
    """A block at whose end a cancellation that came meanwhile is raised, if nobody did."""
    task = asyncio.current_task()
    assert task is not None, "only tasks wait"
    before = task.cancelling()
    try:
        yield
    except Exception:
        if task.cancelling() > before:
            raise asyncio.CancelledError from None
        raise
    if task.cancelling() > before:
        raise asyncio.CancelledError
