"""The orderly end of a door."""

import asyncio

import pytest

from tritone.access.drain import Drain
from tritone.errors import Draining

pytestmark = pytest.mark.unit


async def test_what_runs_may_finish_and_nothing_new_begins() -> None:
    """`idle` is true once the last one has ended, by whatever way."""
    drain = Drain()
    ends = [asyncio.Event(), asyncio.Event()]

    async def request(end: asyncio.Event) -> None:
        with drain.counted():
            await end.wait()

    tasks = [asyncio.create_task(request(end)) for end in ends]
    await asyncio.sleep(0)
    drain.begin()
    with pytest.raises(Draining) as caught, drain.counted():
        pass
    assert caught.value.retry_after is not None
    assert drain.running == 2
    idle = asyncio.create_task(drain.idle(60))
    ends[0].set()
    await tasks[0]
    assert not idle.done()
    tasks[1].cancel()
    assert await idle
    assert drain.running == 0


async def test_who_does_not_finish_is_not_waited_for() -> None:
    """After the time `idle` says so."""
    drain = Drain()
    with drain.counted():
        assert not await drain.idle(0.01)
    assert await drain.idle(0)
