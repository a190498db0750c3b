"""Places for requests at work, and locks by request."""

import asyncio

import pytest

from bridge.jetstream.alone import Alone
from bridge.jetstream.places import Places

pytestmark = pytest.mark.unit


async def steps():
    """Lets everybody go on who can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Worker:
    """Takes a place, and keeps it until told."""

    def __init__(self, places):
        self.end = asyncio.Event()
        self.at_work = False
        self.task = asyncio.create_task(self.run(places))

    async def run(self, places):
        async with places:
            self.at_work = True
            await self.end.wait()
        self.at_work = False


async def test_first_come_first_served():
    """Who asked first gets the next free place."""
    places = Places(lambda: 1)
    workers = [Worker(places) for _ in range(3)]
    for turn in range(3):
        await steps()
        assert [worker.at_work for worker in workers] == [turn == place for place in range(3)]
        workers[turn].end.set()
    await asyncio.gather(*(worker.task for worker in workers))
    assert places.running == 0


async def test_more_places_are_given_at_once():
    """When there are more, those who wait get them."""
    size = 1
    places = Places(lambda: size)
    workers = [Worker(places) for _ in range(3)]
    await steps()
    size = 3
    places.refresh()
    await steps()
    assert all(worker.at_work for worker in workers)
    size = 1
    late = Worker(places)
    for worker in workers[:2]:
        worker.end.set()
    await steps()
    assert not late.at_work
    workers[2].end.set()
    await steps()
    assert late.at_work
    late.end.set()
    await late.task


@pytest.mark.parametrize("freed_first", [True, False])
async def test_who_leaves_the_queue_takes_no_place(freed_first):
    """A cancel, also in the moment in which the place is given, leaves it to the next."""
    places = Places(lambda: 1)
    first, second, third = (Worker(places) for _ in range(3))
    await steps()
    if freed_first:
        first.end.set()
        await asyncio.sleep(0)
        second.task.cancel()
    else:
        second.task.cancel()
        first.end.set()
    await steps()
    assert second.task.cancelled()
    assert third.at_work
    assert places.running == 1
    third.end.set()
    await third.task
    assert places.running == 0


async def test_one_at_a_time_for_each_key():
    """The same key waits, another does not, and nothing is kept of keys that nobody uses."""
    alone, seen, end = Alone(), [], asyncio.Event()

    async def work(key, name):
        async with alone.holding(key):
            seen.append(name)
            await end.wait()

    tasks = [asyncio.create_task(work(*each)) for each in [("a", 1), ("a", 2), ("b", 3)]]
    await steps()
    assert seen == [1, 3]
    end.set()
    await asyncio.gather(*tasks)
    assert seen == [1, 3, 2]
    assert not alone._locks


async def test_who_does_not_wait_for_a_key_to_the_end_leaves_nothing():
    """A cancelled wait forgets the key as well."""
    alone = Alone()
    async with alone.holding("a"):
        waiting = asyncio.create_task(alone.holding("a").__aenter__())
        await steps()
        waiting.cancel()
        await asyncio.wait([waiting])
    assert not alone._locks
