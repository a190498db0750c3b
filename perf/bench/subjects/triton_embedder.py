"""`embedder` over Triton's gRPC, one text a request."""

import time
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import IDLE_SECONDS, pids
from tritone.client import Client
from tritone.contract import EMBEDDER, EmbedRequest

__all__ = ["TritonEmbedder"]


class TritonEmbedder:
    """Embeds texts; the callers share one channel, as they do in a door."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._client = Client(options.triton, idle_timeout=IDLE_SECONDS)
        await self.one(Item(kind="passage", text="Ready."))
        return {"pids": pids(options, "triton")}

    async def one(self, item: Item) -> Answer:
        began = time.perf_counter()
        await self._client.infer(EMBEDDER, EmbedRequest(text=item.text))
        return Answer(last=time.perf_counter() - began)

    async def close(self) -> None:
        await self._client.close()
