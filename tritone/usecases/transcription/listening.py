"""A recording that arrives in chunks, as excerpts that are each heard in one call."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import numpy as np

from tritone.calls import Caller
from tritone.contract import SAMPLE_RATE
from tritone.errors import AudioEmpty, AudioTooLong
from tritone.usecases.transcription.activity import Activity
from tritone.usecases.transcription.cutting import FRAME, LONGEST, Cutter, Span
from tritone.usecases.transcription.vocabulary import Excerpt, Samples

__all__ = ["Listening"]

FRAME_SECONDS = FRAME / SAMPLE_RATE
AT_ONCE = 312 * FRAME
"""Samples that `vad` hears in one call, ten seconds: 25 ms in which no other stream is heard."""


class Listening:
    """Reads a recording, no further ahead than excerpts are taken.

    Args:
        caller: to reach `vad` by.
        chunks: mono float32 at 16 kHz, of any lengths.
        max_seconds: longest recording taken.
    """

    def __init__(
        self, caller: Caller, chunks: AsyncIterator[Samples], *, max_seconds: float | None
    ) -> None:
        self._caller = caller
        self._chunks = chunks
        self._max_seconds = max_seconds
        self._read = 0  # samples read so far
        self._audio: Samples = np.empty(0, np.float32)  # the last of them

    @property
    def seconds(self) -> float:
        """Of the recording, read so far."""
        return self._read / SAMPLE_RATE

    async def excerpts(self) -> AsyncGenerator[Excerpt, None]:
        """What is to be heard, in order; silences are left out of all but a short recording.

        A short recording is one excerpt, whatever is in it, and costs no call to `vad`.

        Raises:
            AudioEmpty: there are no samples.
            AudioTooLong: as soon as more than `max_seconds` were read.
            AudioNotFinite, ParameterOutOfRange, Unavailable: from `vad`.
        """
        async for chunk in self._chunks:
            self._take(chunk)
            if self._read > LONGEST * FRAME:
                break
        else:
            if not self._read:
                raise AudioEmpty("the recording has no samples")
            yield Excerpt(audio=self._audio, start=0.0)
            return
        async with aclosing(self._spans()) as spans:
            async for span in spans:
                yield self._excerpt(span)

    def _take(self, chunk: Samples) -> None:
        self._read += chunk.size
        if self._max_seconds is not None and self.seconds > self._max_seconds:
            raise AudioTooLong(f"the recording is longer than {self._max_seconds:g} s: split it")
        self._audio = np.concatenate((self._audio, chunk))

    async def _spans(self) -> AsyncGenerator[Span, None]:
        cutter, heard = Cutter(), 0  # `heard`: samples that `vad` has had
        async with Activity(self._caller) as activity:
            async for end in self._steps():
                audio = self._between(heard, end)
                heard = end
                probabilities = await activity.probabilities(
                    np.pad(audio, (0, -audio.size % FRAME)), last=audio.size < AT_ONCE
                )
                for span in cutter.feed(probabilities.tolist()):
                    yield span
                self._forget(cutter.needed_from * FRAME)
        for span in cutter.finish():
            yield span

    async def _steps(self) -> AsyncGenerator[int, None]:
        """Where each step of `AT_ONCE` samples ends; the last one is shorter, and may be empty."""
        at = 0
        while True:
            while self._read - at >= AT_ONCE:
                at += AT_ONCE
                yield at
            chunk = await anext(self._chunks, None)
            if chunk is None:
                yield self._read
                return
            self._take(chunk)

    def _excerpt(self, span: Span) -> Excerpt:
        return Excerpt(
            audio=self._between(span.start * FRAME, span.end * FRAME).copy(),
            start=span.start * FRAME_SECONDS,
            seam_before=_seconds(span.seam_before),
            seam_after=_seconds(span.seam_after),
        )

    def _between(self, start: int, end: int) -> Samples:
        """Samples by their place in the recording."""
        first = self._read - self._audio.size
        return self._audio[start - first : end - first]

    def _forget(self, before: int) -> None:
        first = self._read - self._audio.size
        self._audio = self._audio[max(0, before - first) :]


def _seconds(frame: int | None) -> float | None:
    return None if frame is None else frame * FRAME_SECONDS
