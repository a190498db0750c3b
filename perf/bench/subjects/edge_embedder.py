"""Embeddings through the edge, one text a request; in base64, as OpenAI's own client has them."""

import time
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.completions import session
from tritone.contract import EMBEDDER
from tritone.errors import Internal

__all__ = ["EdgeEmbedder"]


class EdgeEmbedder:
    """Embeds texts over connections that are kept open."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._http = session(options.edge)
        await self.one(Item(kind="passage", text="Ready."))
        return {"pids": pids(options, "edge", "triton")}

    async def one(self, item: Item) -> Answer:
        asked = {"model": EMBEDDER.name, "input": item.text, "encoding_format": "base64"}
        began = time.perf_counter()
        async with self._http.post("/v1/embeddings", json=asked) as response:
            if not response.ok:
                raise Internal(f"HTTP {response.status}: {(await response.text())[:200]}")
            await response.json()
        return Answer(last=time.perf_counter() - began)

    async def close(self) -> None:
        await self._http.close()
