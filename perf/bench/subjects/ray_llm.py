"""`llm`'s work by Ray Serve; see `perf.bench.peers.ray_app.llm`."""

from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.completions import body, session, streamed

__all__ = ["RayLlm"]


class RayLlm:
    """Streams chat completions."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._http = session(options.ray)
        await self.one(Item(kind="chat", text="Say hello.", max_tokens=4))
        return {"pids": pids(options, "ray")}

    async def one(self, item: Item) -> Answer:
        return await streamed(self._http, "/llm", body(item))

    async def close(self) -> None:
        await self._http.close()
