"""Speech to text by faster-whisper's batched pipeline, several recordings at once."""

import asyncio
import bisect
from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from perf.bench.peers.ray_app.batching import batched

__all__ = ["Stt"]

RATE: Final = 16_000
WINDOW: Final = 30 * RATE
"""Samples of Whisper's full window."""


class Stt:
    """Speech to text."""

    def __init__(self, options: dict[str, Any]) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        model = WhisperModel(
            options["weights"], device="cpu", compute_type="int8", cpu_threads=options["threads"]
        )
        self._pipeline = BatchedInferencePipeline(model)
        self._transcribed([bytes(2 * RATE)])

    @batched(8, 0.003)
    async def hear(self, recordings: list[bytes]) -> list[str]:
        """The texts of recordings."""
        return await asyncio.to_thread(self._transcribed, recordings)

    def _transcribed(self, recordings: list[bytes]) -> list[str]:
        audio = [np.frombuffer(pcm, np.int16).astype(np.float32) / 32768 for pcm in recordings]
        short = [place for place, samples in enumerate(audio) if 0 < len(samples) <= WINDOW]
        texts = [""] * len(audio)
        for place, samples in enumerate(audio):
            if len(samples) > WINDOW:  # found by its voice activity, and batched in itself
                segments, _ = self._pipeline.transcribe(samples, beam_size=1, batch_size=8)
                texts[place] = "".join(segment.text for segment in segments).strip()
        if not short:
            return texts
        ends = np.cumsum([len(audio[place]) for place in short])
        starts = [0, *ends[:-1].tolist()]
        clips = [
            {"start": start / RATE, "end": end / RATE}
            for start, end in zip(starts, ends.tolist(), strict=True)
        ]
        segments, _ = self._pipeline.transcribe(
            np.concatenate([audio[place] for place in short]),
            clip_timestamps=clips,
            language="en",  # where the language of each is not detected, as `multilingual` does
            multilingual=True,
            beam_size=1,
            batch_size=len(short),
        )
        for segment in segments:
            own = bisect.bisect_right(starts, round(segment.start * RATE) + RATE // 100) - 1
            texts[short[own]] = f"{texts[short[own]]}{segment.text}".strip()
        return texts

    async def __call__(self, request: Request) -> Response:
        return Response(await self.hear(await request.body()), media_type="text/plain")
