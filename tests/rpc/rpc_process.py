"""AIService as a process of its own, with a double for the home: ``python -m`` this.

With TRITONE_BACKENDS its model is Triton's; else it is a double, which takes `SLOW` seconds. Other
settings come from the environment as always.
"""

import asyncio
import contextlib
import os
import sys

from bridge import process
from bridge.rpc.door import Door
from bridge.rpc.server import SILENCE, run
from tests.unit.usecases_house.house_kit import Kept, MemoryHouse, Thinker
from tritone.access.admission import Admission
from tritone.access.listening import Listen
from tritone.routing import Pool
from tritone.settings import Settings
from tritone.usecases.house.asking import Asking


class Slow(Thinker):
    """Takes its time."""

    async def stream(self, *args, **more):
        await asyncio.sleep(float(os.environ.get("SLOW", "0")))
        async for answer in super().stream(*args, **more):
            yield answer


async def serve(used: Settings) -> None:
    """As `bridge.rpc.server.serve`."""
    listen = Listen.parse(used.grpc_listen_addr, "GRPC_LISTEN_ADDR")
    async with contextlib.AsyncExitStack() as held:
        model = Slow()
        if used.backends:
            pool = Pool(process.addresses(used), idle_timeout=SILENCE * used.idle_timeout)
            model = await held.enter_async_context(pool)
        asking = Asking(model, MemoryHouse(), Kept(), verify_seconds=0.2)
        admission = Admission(used.rpc.lanes, used.rpc.queue_seconds, lambda: 1)
        await run(Door(asking, used.rpc, listen, admission), used)


if __name__ == "__main__":
    sys.exit(process.main("test", serve))
