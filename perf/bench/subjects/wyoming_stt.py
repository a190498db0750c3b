"""`stt`'s work by wyoming-faster-whisper; see `perf.bench.peers.wyoming_stt`.

The recording is sent in one piece, since it is there: a microphone would send it while it is
spoken, and the server would wait for its end all the same.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop

from perf.bench.corpus.waves import read
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.wyoming_events import asked
from tritone.contract import SAMPLE_RATE

__all__ = ["WyomingStt"]


class WyomingStt:
    """Sends recordings, a connection each, as the protocol has it."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._address = options.wyoming_stt
        await self._transcribed(bytes(2 * SAMPLE_RATE))
        return {"pids": pids(options, "wyoming_stt")}

    async def one(self, item: Item) -> Answer:
        samples = read(Path(item.path)).tobytes()
        began = time.perf_counter()
        text = await self._transcribed(samples)
        return Answer(last=time.perf_counter() - began, extra={"text": text})

    async def close(self) -> None:
        pass

    async def _transcribed(self, samples: bytes) -> str:
        shape = {"rate": SAMPLE_RATE, "width": 2, "channels": 1}
        events = [
            Transcribe().event(),
            AudioStart(**shape).event(),
            AudioChunk(audio=samples, **shape).event(),
            AudioStop().event(),
        ]
        async with asked(self._address, events) as answers:
            async for event in answers:
                if Transcript.is_type(event.type):
                    text: str = Transcript.from_event(event).text
                    return text.strip()
        raise ConnectionError("the server hung up without a transcript")
