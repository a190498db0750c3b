"""Plain piper in this process, in a pool of threads: its own library, its own session.

What makes it fair: the product's voice, as many threads as all instances of `tts` together, the
same prosody (the likeliest, without noise, as the product speaks by default), and the text handed
over as it is. Callers speak at once, since onnxruntime and the phonemizer allow it.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, Final

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.budget import Budget, budget
from perf.bench.subjects.playback import Playback

__all__ = ["FloorTts", "PlainPiper"]

_CALLERS: Final = 32


class PlainPiper:
    """A voice of piper-tts, loaded."""

    def __init__(self, given: Budget) -> None:
        import json

        import onnxruntime
        from piper import PiperVoice, SynthesisConfig
        from piper.config import PiperConfig

        (model,) = given.weights.glob("*.onnx")
        text = model.with_name(f"{model.name}.json").read_text(encoding="utf-8")
        # As `PiperVoice.load` does it, but for the threads, which it has no argument for.
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = given.threads
        session = onnxruntime.InferenceSession(
            str(model), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._voice = PiperVoice(session=session, config=PiperConfig.from_dict(json.loads(text)))
        self._how = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)

    def speak(self, text: str, began: float) -> Playback:
        """Speaks a text, sentence by sentence; the times count from `began`, by `perf_counter`."""
        heard = Playback()
        for chunk in self._voice.synthesize(text, self._how):
            samples = len(chunk.audio_int16_bytes) / chunk.sample_width
            heard.add(time.perf_counter() - began, samples / chunk.sample_rate)
        return heard


class FloorTts:
    """Speaks in threads, one for each caller; units are seconds of speech."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        found = budget(options, "tts")
        self._pool = ThreadPoolExecutor(_CALLERS)
        self._voice = await asyncio.to_thread(PlainPiper, found)
        await self.one(Item(kind="text", text="Ready to speak."))
        return {
            "version": version("piper-tts"),
            "weights": found.name,
            "threads": found.threads,
            "pids": [os.getpid()],
        }

    async def one(self, item: Item) -> Answer:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        heard = await loop.run_in_executor(self._pool, self._voice.speak, item.text, began)
        return heard.answer(units=heard.seconds)

    async def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
