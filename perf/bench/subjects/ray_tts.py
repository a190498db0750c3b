"""`tts`'s work by Ray Serve; see `perf.bench.peers.ray_app.tts`."""

import time
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.completions import session
from perf.bench.subjects.playback import Playback
from perf.bench.subjects.ray_call import called, voice_rate

__all__ = ["RayTts"]


class RayTts:
    """Has sentences spoken; each comes in one piece, as from our own `tts`."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._http = session(options.ray)
        self._rate = await voice_rate(self._http)
        return {"pids": pids(options, "ray")}

    async def one(self, item: Item) -> Answer:
        heard = Playback()
        began = time.perf_counter()
        samples = await called(self._http, "/tts", item.text.encode())
        heard.add(time.perf_counter() - began, len(samples) / 2 / self._rate)
        return heard.answer(units=heard.seconds)

    async def close(self) -> None:
        await self._http.close()
