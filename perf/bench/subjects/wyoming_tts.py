"""`tts`'s work by wyoming-piper; see `perf.bench.peers.wyoming_tts`."""

import time
from collections.abc import Mapping
from typing import Any

from wyoming.audio import AudioChunk, AudioStop
from wyoming.tts import Synthesize

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.playback import Playback
from perf.bench.subjects.wyoming_events import asked

__all__ = ["WyomingTts"]


class WyomingTts:
    """Has sentences spoken, a connection each."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._address = options.wyoming_tts
        await self.one(Item(kind="text", text="Ready to speak."))  # it loads its voice for this
        return {"pids": pids(options, "wyoming_tts")}

    async def one(self, item: Item) -> Answer:
        heard = Playback()
        began = time.perf_counter()
        async with asked(self._address, [Synthesize(text=item.text).event()]) as answers:
            async for event in answers:
                if AudioChunk.is_type(event.type):
                    chunk = AudioChunk.from_event(event)
                    heard.add(time.perf_counter() - began, chunk.seconds)
                elif AudioStop.is_type(event.type):
                    break
        return heard.answer(units=heard.seconds)

    async def close(self) -> None:
        pass
