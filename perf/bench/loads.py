"""Loads: who asks a subject when. Pure asyncio over a callable.

Each answers one `Answer` for every item, in the order of the items, with `at` and `caller` filled
in. A call that raises becomes an answer with an error; only cancellation goes through.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from perf.bench.subjects.base import Answer, Item

__all__ = ["Closed", "Load", "Once", "Paced", "driven"]

One = Callable[[Item], Awaitable[Answer]]


class Closed(msgspec.Struct, frozen=True, tag="closed", tag_field="load"):
    """So many callers at once; each asks again as soon as it is answered.

    They take items from one queue until there are none left, so that a slow answer holds up its
    own caller only.
    """

    callers: int = 1


class Paced(msgspec.Struct, frozen=True, tag="paced", tag_field="load"):
    """Callers who speak, wait, listen to the whole answer, and speak again, as people do.

    Attributes:
        callers: how many.
        speak: seconds that each speaks, or an item's own length where that is more. The call
            begins when the speech ends, so that the time to the first audio counts from there.
        listen: whether the caller listens to the answer: from its first sample on, as long as it
            lasts (``extra["audio_seconds"]``), and not before all of it is there.
        spread: seconds over which the first words of the callers are spread, evenly: about as long
            as one of them speaks, waits and listens, or they would all begin in a crowd.
    """

    callers: int = 4
    speak: float = 3.0
    listen: bool = True
    spread: float = 9.0


class Once(msgspec.Struct, frozen=True, tag="once", tag_field="load"):
    """Every item at the same moment, by a caller of its own."""


Load = Closed | Paced | Once


async def driven(load: Load, one: One, items: Sequence[Item]) -> list[Answer]:
    """The answers to all items, asked as the load says."""
    driving = _Driving(one, items)
    async with asyncio.TaskGroup() as group:
        for number in range(_callers(load, len(items))):
            group.create_task(driving.caller(load, number))
    return [driving.answers[number] for number in range(len(items))]


def _callers(load: Load, items: int) -> int:
    return items if isinstance(load, Once) else min(load.callers, items)


class _Driving:
    """A round that is going on: what is left to ask, and what was answered."""

    def __init__(self, one: One, items: Sequence[Item]) -> None:
        self.answers: dict[int, Answer] = {}
        self._one = one
        self._queue = deque(enumerate(items))
        self._began = time.perf_counter()

    async def caller(self, load: Load, number: int) -> None:
        """Asks until there is nothing left, or only once."""
        match load:
            case Once():
                await self._ask(*self._queue.popleft(), number)
            case Closed():
                while self._queue:
                    await self._ask(*self._queue.popleft(), number)
            case Paced():
                await asyncio.sleep(load.spread * number / load.callers)
                while self._queue:
                    place, item = self._queue.popleft()
                    await asyncio.sleep(max(item.seconds, load.speak))
                    called = time.perf_counter()
                    answer = await self._ask(place, item, number)
                    if load.listen:
                        await asyncio.sleep(_heard(answer) - (time.perf_counter() - called))

    async def _ask(self, place: int, item: Item, caller: int) -> Answer:
        at = time.perf_counter() - self._began
        try:
            answer = await self._one(item)
        except Exception as error:  # noqa: BLE001 - one failure must not end a round: it is counted
            last = time.perf_counter() - self._began - at
            answer = Answer(last=last, units=0.0, error=_line(error))
        answer = msgspec.structs.replace(answer, at=at, caller=caller)
        self.answers[place] = answer
        return answer


def _heard(answer: Answer) -> float:
    """When the last of it was heard, in seconds from the begin of the call."""
    playing = float(answer.extra.get("audio_seconds", 0.0))
    stalled = float(answer.extra.get("stall_seconds", 0.0))
    return max(answer.last, (answer.first or 0.0) + playing + stalled)


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
