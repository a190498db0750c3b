"""Some pieces of work at once, and their results in the order of the pieces."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeVar

__all__ = ["in_order"]

Item = TypeVar("Item")
Result = TypeVar("Result")


async def in_order(
    items: AsyncGenerator[Item, None],
    work: Callable[[Item], Awaitable[Result]],
    *,
    at_once: int,
) -> AsyncGenerator[Result, None]:
    """The result of ``work(item)`` for each item, in the order of the items.

    At most `at_once` items are at work or wait, done, for those before them; items are read no
    further than one ahead of that. A failure of `items` is raised at once, a failure of `work` in
    its turn. Whatever ends this generator ends all that was begun.
    """
    places = asyncio.Semaphore(at_once)
    begun: asyncio.Queue[asyncio.Task[Result] | None] = asyncio.Queue()
    tasks: set[asyncio.Task[Any]] = set()

    async def begin() -> None:
        async with aclosing(items):
            async for item in items:
                await places.acquire()
                task = asyncio.ensure_future(work(item))
                tasks.add(task)
                begun.put_nowait(task)
        begun.put_nowait(None)

    reader = asyncio.ensure_future(begin())
    tasks.add(reader)
    try:
        while True:
            getting = asyncio.ensure_future(begun.get())
            tasks.add(getting)
            task = await _unless_failed(getting, reader)
            tasks.discard(getting)
            if task is None:
                return
            result = await _unless_failed(task, reader)
            tasks.discard(task)
            yield result
            places.release()
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _unless_failed(awaited: "asyncio.Task[Result]", reader: "asyncio.Task[None]") -> Result:
    """The result of a task, or the reader's failure where that comes first."""
    if not reader.done():
        await asyncio.wait({awaited, reader}, return_when=asyncio.FIRST_COMPLETED)
    if reader.done():
        reader.result()
        await asyncio.wait({awaited})
    return awaited.result()
