"""A worker with a subject that only says what it was asked: ``python -m ... [MISCHIEF]``."""

import asyncio
import os
import sys
import time

from perf.bench import subjects, worker
from perf.bench.subjects.base import Item
from tests.unit.perf.perf_kit import Echo


class Mischief(Echo):
    """An echo that misbehaves as it is asked to."""

    async def one(self, item: Item):
        match item.text:
            case "die":
                sys.stderr.write("something is wrong here\n")
                sys.stderr.flush()
                os._exit(3)
            case "print":
                sys.stdout.write("engines print what they like\n")
                os.write(1, b"and not only from Python\n")
            case "burn":
                await asyncio.to_thread(sum, range(5_000_000))
            case "stick":
                time.sleep(600)  # noqa: ASYNC251 - an engine that blocks
            case "hang":
                await asyncio.sleep(600)
        return await super().one(item)

    async def open(self, options):
        if options.parameters.get("fail"):
            raise RuntimeError("there are\nno weights")
        return await super().open(options)


if __name__ == "__main__":
    subjects.made = lambda _name: Mischief()  # type: ignore[assignment]
    worker.main("echo")
