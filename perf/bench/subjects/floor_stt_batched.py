"""faster-whisper's own batched pipeline in this process.

It cuts a recording at its pauses and decodes the parts together, eight at a time, as by default; it
knows no batch of several callers, so that short recordings gain little. All else as `floor_stt`.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Options
from perf.bench.subjects.floor_stt import FloorStt, Heard

__all__ = ["FloorSttBatched"]


class FloorSttBatched(FloorStt):
    """As `FloorStt`, by the pipeline."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        facts = await super().open(options)
        from faster_whisper import BatchedInferencePipeline

        self._pipeline = await asyncio.to_thread(BatchedInferencePipeline, self._model)
        return {**facts, "batch": 8}

    def transcribed(self, recording: Heard) -> str:
        """The text of one recording; blocks."""
        pipeline = getattr(self, "_pipeline", None)
        if pipeline is None:  # the model is warmed up before there is one
            return super().transcribed(recording)
        segments, _ = pipeline.transcribe(recording, batch_size=8)
        return "".join(segment.text for segment in segments).strip()
