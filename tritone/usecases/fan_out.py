"""Many calls of one request: some at once, answers in order, and one error ends them all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

__all__ = ["fan_out"]

Item = TypeVar("Item")
Result = TypeVar("Result")


async def fan_out(
    call: Callable[[int, Item], Awaitable[Result]], items: Sequence[Item], *, at_once: int
) -> list[Result]:
    """The results of ``call(place, item)`` for each item, in the order of the items.

    At most `at_once` calls run at a time. The first that fails cancels those that run, no other
    is begun, and its error is raised by itself; being cancelled cancels them as well.
    """
    results: dict[int, Result] = {}
    queue = iter(enumerate(items))
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(items))):
                group.create_task(_work(call, queue, results))
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    return [results[place] for place in range(len(items))]


async def _work(
    call: Callable[[int, Item], Awaitable[Result]],
    queue: Iterator[tuple[int, Item]],
    results: dict[int, Result],
) -> None:
    for place, item in queue:
        results[place] = await call(place, item)


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first failure of a group, which may hold groups."""
    error = failures.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
