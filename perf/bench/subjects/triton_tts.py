"""`tts` over Triton's gRPC, with the voice's most likely prosody, as by default.

A sentence comes in one piece, so that its first sample is there when its last one is.
"""

import time
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import IDLE_SECONDS, pids
from perf.bench.subjects.playback import Playback
from tritone.client import Client
from tritone.contract import TTS, TtsRequest

__all__ = ["TritonTts"]


class TritonTts:
    """Has sentences spoken; units are seconds of speech."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._client = Client(options.triton, idle_timeout=IDLE_SECONDS)
        await self.one(Item(kind="text", text="Ready to speak."))
        return {"pids": pids(options, "triton")}

    async def one(self, item: Item) -> Answer:
        heard = Playback()
        began = time.perf_counter()
        spoken = await self._client.infer(TTS, TtsRequest(text=item.text))
        heard.add(time.perf_counter() - began, len(spoken.audio) / spoken.sample_rate)
        return heard.answer(units=heard.seconds)

    async def close(self) -> None:
        await self._client.close()
