"""`embedder`'s work by Ray Serve; see `perf.bench.peers.ray_app.embedder`."""

import time
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.completions import session
from perf.bench.subjects.ray_call import called

__all__ = ["RayEmbedder"]


class RayEmbedder:
    """Posts texts; vectors come as float32, four bytes a number."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._http = session(options.ray)
        vector = await called(self._http, "/embedder", b"ready")
        return {"dimensions": len(vector) // 4, "pids": pids(options, "ray")}

    async def one(self, item: Item) -> Answer:
        began = time.perf_counter()
        await called(self._http, "/embedder", item.text.encode())
        return Answer(last=time.perf_counter() - began)

    async def close(self) -> None:
        await self._http.close()
