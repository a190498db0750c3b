"""Plain llama.cpp in this process: the same build of the engine, without Triton and without us.

What makes it fair: the product's weights, slots, context and threads; its own defaults for all
else, as in `perf.bench.peers.llamacpp_server`, but no HTTP either.
"""

import asyncio
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, Final

from perf.bench.peers.given import given
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.budget import budget, used
from perf.bench.subjects.completions import body
from perf.bench.subjects.plain_llama import PlainLlama
from perf.bench.subjects.tokens import Tokens

__all__ = ["FloorLlm"]

_CALLERS: Final = 32


class FloorLlm:
    """Writes in threads, one for each stream; the engine batches them by itself."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        found = budget(options, "llm")
        parameters = given(used(options), "llm").parameters
        slots, context = int(parameters["slots"]), int(parameters["context"])
        self._pool = ThreadPoolExecutor(_CALLERS)
        self._engine = await asyncio.to_thread(PlainLlama, found, slots=slots, context=context)
        await self.one(Item(kind="chat", text="Say hello.", max_tokens=4))
        return {
            "version": version("xllamacpp"),
            "weights": found.name,
            "threads": found.threads,
            "slots": slots,
            "pids": [os.getpid()],
        }

    async def one(self, item: Item) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._written, item)

    async def close(self) -> None:
        self._engine.close()
        self._pool.shutdown(cancel_futures=True)

    def _written(self, item: Item) -> Answer:
        tokens = Tokens()

        def take(text: str) -> bool:
            tokens.add(text)
            return False

        tokens.count = self._engine.write(body(item), take)
        return tokens.answer()
