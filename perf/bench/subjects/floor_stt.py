"""Plain faster-whisper in this process, in a pool of threads: what a first script does.

What makes it fair: the product's weights and quantization, as many threads as all instances of
`stt` together, the library's own defaults for all else (a beam of 5, the full window of 30 s, the
language detected), and recordings that are in memory already.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from perf.bench.corpus.waves import floats
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.budget import Budget, budget
from tritone.contract import SAMPLE_RATE

__all__ = ["FloorStt", "Heard", "plain_whisper"]

Heard = npt.NDArray[np.float32]
"""A recording: mono PCM in [-1, 1] at 16 kHz, shape (samples,)."""
_CALLERS: Final = 32


def plain_whisper(given: Budget) -> Any:
    """faster-whisper's model. It decodes one recording at a time, and the others wait."""
    from faster_whisper import WhisperModel

    return WhisperModel(
        str(given.weights), device="cpu", compute_type="int8", cpu_threads=given.threads
    )


class FloorStt:
    """Transcribes in threads, one for each caller."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        found = budget(options, "stt")
        self._pool = ThreadPoolExecutor(_CALLERS)
        self._model = await asyncio.to_thread(plain_whisper, found)
        await asyncio.to_thread(self.transcribed, np.zeros(SAMPLE_RATE, np.float32))
        return {
            "version": version("faster-whisper"),
            "weights": found.name,
            "threads": found.threads,
            "language": "detected",
            "pids": [os.getpid()],
        }

    async def one(self, item: Item) -> Answer:
        recording = floats(Path(item.path))
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        text = await loop.run_in_executor(self._pool, self.transcribed, recording)
        return Answer(last=time.perf_counter() - began, extra={"text": text})

    async def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def transcribed(self, recording: Heard) -> str:
        """The text of one recording; blocks."""
        segments, _ = self._model.transcribe(recording)
        return "".join(segment.text for segment in segments).strip()
