"""From a decoder's frames to what models hear: one channel of float32 at one rate."""

from typing import Any, Final

import av
import numpy as np
import numpy.typing as npt
import soxr

from tritone.errors import AudioUndecodable

__all__ = ["Mono", "downmix"]

Samples = npt.NDArray[np.float32]

SLOWEST: Final = 4_000
FASTEST: Final = 384_000
"""Hz. Below, a small file claims to be days long; above, there is no such recording."""
MOST_CHANNELS: Final = 64
_PLANES: Final = 8
"""PyAV 18 looks for the end of a frame's planes by a null pointer, which from eight planes on is
not there: it would read foreign memory."""


def downmix(frame: av.AudioFrame) -> Samples:
    """The mean of a frame's channels, shape (samples,), in [-1, 1].

    Floating point recordings may hold anything: what is no number becomes silence, what exceeds
    full scale is cut off.

    Raises:
        AudioUndecodable: the frame claims more channels than there are recordings of.
    """
    channels = frame.layout.nb_channels
    if not 1 <= channels <= MOST_CHANNELS:
        raise AudioUndecodable(f"the recording claims {channels} channels: send mono or stereo")
    if frame.format.is_planar and channels >= _PLANES:
        frame = _packed(frame)
    values: npt.NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, channels).T
    with np.errstate(all="ignore"):
        mono = values.mean(axis=0, dtype=np.float32)
        if values.dtype == np.uint8:
            mono = mono / np.float32(128) - np.float32(1)
        elif np.issubdtype(values.dtype, np.integer):
            mono = mono / np.float32(-float(np.iinfo(values.dtype).min))
        else:
            mono = np.nan_to_num(mono, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    clipped: Samples = np.clip(mono, -1.0, 1.0)
    return clipped


def _packed(frame: av.AudioFrame) -> av.AudioFrame:
    """The frame with its channels in one plane."""
    try:
        (packed,) = av.AudioResampler(format="flt").resample(frame)
    except Exception:  # noqa: BLE001 - PyAV raises classes of ffmpeg's and of Python's
        raise AudioUndecodable(
            f"the recording has {frame.layout.nb_channels} channels: send mono or stereo"
        ) from None
    return packed


class Mono:
    """Frames in, samples at `rate` out. A stream may change its rate on the way (chained Ogg)."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._from = rate
        self._resampler: Any = None

    def feed(self, frame: av.AudioFrame) -> Samples:
        """The samples that a frame adds.

        Raises:
            AudioUndecodable: the frame claims a rate or channels that no recording has.
        """
        if not SLOWEST <= frame.sample_rate <= FASTEST:
            raise AudioUndecodable(
                f"the recording claims {frame.sample_rate:,} samples a second, "
                f"expected {SLOWEST:,} to {FASTEST:,}"
            )
        samples = downmix(frame)
        before = np.empty(0, np.float32)
        if frame.sample_rate != self._from:
            before = self.finish()
            self._from = frame.sample_rate
            if self._from != self._rate:
                self._resampler = soxr.ResampleStream(self._from, self._rate, 1, dtype="float32")
        if self._resampler is None:
            return np.concatenate([before, samples]) if before.size else samples
        after = np.clip(self._resampler.resample_chunk(samples), -1.0, 1.0)
        return np.concatenate([before, after]) if before.size else after

    def finish(self) -> Samples:
        """The samples that the resampler still held; the next frame starts afresh."""
        if self._resampler is None:
            return np.empty(0, np.float32)
        rest: Samples = self._resampler.resample_chunk(np.empty(0, np.float32), last=True)
        self._resampler = None
        self._from = self._rate
        return np.clip(rest, -1.0, 1.0)
