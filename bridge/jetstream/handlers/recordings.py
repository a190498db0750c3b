"""Recordings in messages: bounds, and what decodes them."""

import contextlib
import io
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

import numpy as np
import numpy.typing as npt

from tritone.contract import SAMPLE_RATE
from tritone.errors import AudioEmpty, AudioTooLong, ParameterOutOfRange, PayloadTooLarge
from tritone.media.decode import Recording
from tritone.media.reading import opened, read
from tritone.media.wav import wav_header
from tritone.settings import BridgeSettings

__all__ = ["opening", "samples"]

SLOWEST: Final = 8_000
FASTEST: Final = 192_000
_BARE: Final = ("pcm", "raw")
_SAMPLE_BYTES: Final = 2


@contextlib.asynccontextmanager
async def opening(
    audio: bytes, kind: str | None, sample_rate: int | None, bounds: BridgeSettings
) -> AsyncIterator[Recording]:
    """Opens a recording for as long as the block lasts.

    Args:
        audio: its bytes.
        kind: `pcm` for bare mono 16-bit little-endian samples; others tell by themselves.
        sample_rate: Hz of `pcm`; 16,000 where nothing is said.
        bounds: how large and long it may be.

    Raises:
        PayloadTooLarge, AudioTooLong: it exceeds the bounds.
        AudioEmpty, AudioUndecodable, ParameterOutOfRange: it is none.
    """
    if len(audio) > bounds.max_audio_bytes:
        raise PayloadTooLarge(
            f"the recording has {len(audio):,} bytes, at most {bounds.max_audio_bytes:,} are taken",
            param="audio",
        )
    if not audio:
        raise AudioEmpty("the recording has no bytes", param="audio")
    if (kind or "").lower() in _BARE:
        audio = _with_header(audio, sample_rate or SAMPLE_RATE)
    async with opened(io.BytesIO(audio)) as recording:
        if recording.duration is not None and recording.duration > bounds.max_audio_seconds:
            raise _too_long(recording.duration, bounds)
        yield recording


async def samples(
    recording: Recording, bounds: BridgeSettings
) -> AsyncGenerator[npt.NDArray[np.float32], None]:
    """The samples, mono at 16 kHz, of shape (samples,), some seconds at a time.

    Raises:
        AudioTooLong: there are too many.
        AudioEmpty, AudioUndecodable: there are none.
    """
    count = 0
    async with contextlib.aclosing(read(recording)) as chunks:
        async for chunk in chunks:
            count += len(chunk)
            if count > bounds.max_audio_seconds * SAMPLE_RATE:
                raise _too_long(count / SAMPLE_RATE, bounds)
            yield chunk


def _too_long(seconds: float, bounds: BridgeSettings) -> AudioTooLong:
    return AudioTooLong(
        f"the recording is {seconds:.0f} s long or more, at most {bounds.max_audio_seconds:g} s "
        "are taken",
        param="audio",
    )


def _with_header(audio: bytes, sample_rate: int) -> bytes:
    if not SLOWEST <= sample_rate <= FASTEST:
        raise ParameterOutOfRange(
            f"sample_rate is {sample_rate}, expected {SLOWEST:,} to {FASTEST:,}",
            param="sample_rate",
        )
    whole = len(audio) // _SAMPLE_BYTES
    return wav_header(sample_rate, whole) + audio[: whole * _SAMPLE_BYTES]
