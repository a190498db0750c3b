"""`stt`'s work by Ray Serve; see `perf.bench.peers.ray_app.stt`."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perf.bench.corpus.waves import read
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.completions import session
from perf.bench.subjects.ray_call import called
from tritone.contract import SAMPLE_RATE

__all__ = ["RayStt"]


class RayStt:
    """Posts recordings."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._http = session(options.ray)
        await called(self._http, "/stt", bytes(2 * SAMPLE_RATE))
        return {"pids": pids(options, "ray")}

    async def one(self, item: Item) -> Answer:
        samples = read(Path(item.path)).tobytes()
        began = time.perf_counter()
        text = await called(self._http, "/stt", samples)
        return Answer(last=time.perf_counter() - began, extra={"text": text.decode()})

    async def close(self) -> None:
        await self._http.close()
