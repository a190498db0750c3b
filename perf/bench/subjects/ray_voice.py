"""`voice`'s work by Ray Serve; see `perf.bench.peers.ray_app.voice`.

The prompt is the product's own, and so is the length of the answer.
"""

import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp

from perf.bench.corpus.waves import read
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.completions import session
from perf.bench.subjects.playback import Playback
from perf.bench.subjects.ray_call import called, refused, voice_rate
from tritone.contract import SAMPLE_RATE, LlmRequest
from tritone.pipelines.prompts import VOICE_SYSTEM

__all__ = ["RayVoice", "frames"]

_HEAD: Final = 5  # bytes: the kind and the length of what follows


class RayVoice:
    """Posts recordings, and listens to the answer as it comes."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._http = session(options.ray)
        self._rate = await voice_rate(self._http)
        await called(self._http, "/stt", bytes(2 * SAMPLE_RATE))
        return {"pids": pids(options, "ray")}

    async def one(self, item: Item) -> Answer:
        samples, ask = read(Path(item.path)).tobytes(), json.dumps(_ask(item))
        heard, said, transcript = Playback(), "", ""
        began = time.perf_counter()
        async with self._http.post("/voice", data=samples, headers={"x-ask": ask}) as response:
            await refused(response)
            async for kind, content in frames(response.content):
                if kind == b"a":
                    heard.add(time.perf_counter() - began, len(content) / 2 / self._rate)
                elif kind == b"t":
                    transcript = content.decode()
                else:
                    said += content.decode()
        last = time.perf_counter() - began
        return heard.answer(units=1.0, last=last, text=said, transcript=transcript)

    async def close(self) -> None:
        await self._http.close()


def _ask(item: Item) -> dict[str, Any]:
    history = [{"role": turn.role, "content": turn.content} for turn in item.history]
    return {
        "messages": [{"role": "system", "content": VOICE_SYSTEM}, *history],
        "max_tokens": item.max_tokens or LlmRequest().max_tokens,
    }


async def frames(content: aiohttp.StreamReader) -> AsyncIterator[tuple[bytes, bytes]]:
    """The frames of an answer: kind and content. Raises IncompleteReadError: it broke off."""
    while head := await content.read(1):
        length = int.from_bytes(await content.readexactly(_HEAD - 1), "big")
        yield head, await content.readexactly(length)
