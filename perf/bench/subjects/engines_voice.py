"""A whole spoken turn by our own engines and our own pipeline in this process, without Triton.

The CPU time of such a turn is the engines' own limit: nothing goes through a server, another
process or the network. Engines have the product's threads and instances.
"""

import asyncio
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.budget import used
from perf.bench.subjects.own_engines import OwnEngines
from perf.bench.subjects.spoken_turn import SpokenTurn, spoken
from tritone.cancellation import Cancellation
from tritone.pipelines.schedule import FirstCome, Schedule, Stage
from tritone.pipelines.voice import converse

__all__ = ["EnginesVoice"]

_CALLERS: Final = 32


class EnginesVoice:
    """Turns in threads, one for each caller, in the order in which they come."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._pool = ThreadPoolExecutor(_CALLERS)
        self._engines = await asyncio.to_thread(OwnEngines, used(options))
        self._schedule = Schedule(FirstCome(), dict.fromkeys(Stage, _CALLERS))
        return {
            "weights": ", ".join(self._engines.weights),
            "threads": ", ".join(map(str, self._engines.threads)),
            "language": "detected",
            "pids": [os.getpid()],
        }

    async def one(self, item: Item) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._turn, item)

    async def close(self) -> None:
        self._engines.close()
        self._pool.shutdown(cancel_futures=True)

    def _turn(self, item: Item) -> Answer:
        request = spoken(item)
        turn = SpokenTurn()
        converse(request, self._engines, self._schedule, turn.add, Cancellation())
        return turn.answer()
