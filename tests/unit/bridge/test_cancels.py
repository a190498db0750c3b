"""Cancels: of what runs, of what is yet to come, and what is forgotten."""

import asyncio
import contextlib

import pytest

from bridge.jetstream.cancels import Cancels
from bridge.jetstream.stopping import stop
from tritone.errors import Cancelled, Superseded

pytestmark = pytest.mark.unit


async def test_a_cancel_ends_the_block():
    """What is awaited is cancelled, and the block raises Cancelled; the task goes on."""
    cancels = Cancels()
    asyncio.get_running_loop().call_soon(cancels.cancel, "a")
    with pytest.raises(Cancelled), cancels.watching("a"):
        await asyncio.sleep(60)
    assert asyncio.current_task().cancelling() == 0
    await asyncio.sleep(0)


async def test_a_cancellation_that_is_swallowed_is_found():
    """The block ends with Cancelled even if something within it did not pass it on."""
    cancels = Cancels()
    asyncio.get_running_loop().call_soon(cancels.cancel, "a")
    with pytest.raises(Cancelled), cancels.watching("a") as watch:  # noqa: PT012 - it is the block
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        with pytest.raises(Cancelled):
            watch.check()
    assert asyncio.current_task().cancelling() == 0


async def test_a_cancel_by_somebody_else_stays_one():
    """Being stopped from outside is no cancel of the request."""
    cancels, begun = Cancels(), asyncio.Event()

    async def work():
        with cancels.watching("a"):
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await begun.wait()
    await stop([task])
    assert task.cancelled()


async def test_another_error_is_not_hidden():
    """What failed meanwhile is raised as it is."""
    cancels = Cancels()
    with pytest.raises(Superseded), cancels.watching("a"):
        raise Superseded("x")


def test_a_cancel_is_remembered_for_a_while():
    """It stops a request that comes within the time, and none after."""
    now = 0.0
    cancels = Cancels(seconds=300, clock=lambda: now)
    cancels.cancel("a")
    now = 299.0
    with pytest.raises(Cancelled), cancels.watching("a"):
        raise AssertionError("it began")
    now = 301.0
    asyncio.run(_begins(cancels, "a"))


def test_only_so_many_are_remembered():
    """The oldest are forgotten; one that comes again counts as new."""
    cancels = Cancels(most=2)
    for request_id in ("a", "b", "a", "c"):
        cancels.cancel(request_id)
    asyncio.run(_begins(cancels, "b"))
    for request_id in ("a", "c"):
        with pytest.raises(Cancelled), cancels.watching(request_id):
            raise AssertionError("it began")


async def _begins(cancels, request_id):
    with cancels.watching(request_id):
        pass


async def test_a_task_that_swallows_a_cancellation_is_stopped_all_the_same():
    """It is cancelled until it has ended."""
    heard = 0

    async def stubborn():
        nonlocal heard
        while heard < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                heard += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await stop([task])
    assert task.done()
    assert heard == 3
