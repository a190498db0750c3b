"""What every engine that listens does first: refuse bad samples, bring the rest to 16 kHz."""

import numpy as np
import numpy.typing as npt
import soxr

from tritone.contract import SAMPLE_RATE
from tritone.errors import AudioEmpty, AudioNotFinite, AudioTooLong, ParameterOutOfRange

__all__ = ["MAX_PEAK", "MAX_RATE", "MIN_RATE", "Samples", "check_samples", "listen"]

Samples = npt.NDArray[np.float32]
"""Mono PCM, shape (samples,)."""

MIN_RATE = 8_000
"""Hz. Below telephone quality the consonants are gone."""
MAX_RATE = 192_000
"""Hz. The highest rate that sound cards record at."""
MAX_PEAK = 2.0
"""Greatest amplitude taken. Full scale is 1; floating point mixes overshoot it by up to 6 dB, while
samples that were never divided by 32,768 are far above it as soon as anyone speaks."""


def check_samples(audio: Samples) -> None:
    """Refuses samples that would poison an engine. No samples at all are fine here.

    Raises:
        AudioNotFinite: a sample is NaN or infinite.
        ParameterOutOfRange: the samples are not scaled to [-1, 1].
    """
    # numpy's maximum is NaN if any sample is, so one pass finds both faults.
    peak = float(np.abs(audio).max(initial=0.0))
    if not np.isfinite(peak):
        where = int(np.flatnonzero(~np.isfinite(audio))[0])
        raise AudioNotFinite(f"sample {where} of the audio is {audio[where]}: send finite samples")
    if peak > MAX_PEAK:
        raise ParameterOutOfRange(
            f"the audio peaks at {peak:,.6g}, expected samples in [-1, 1]: "
            "divide 16-bit samples by 32768"
        )


def listen(audio: Samples, sample_rate: int, *, max_seconds: float) -> Samples:
    """One recording as engines want it: checked, and resampled to `SAMPLE_RATE`.

    Args:
        audio: mono PCM in [-1, 1], shape (samples,).
        sample_rate: Hz of `audio`, `MIN_RATE` to `MAX_RATE`.
        max_seconds: longest recording taken.

    Raises:
        AudioEmpty: there are no samples.
        AudioNotFinite: a sample is NaN or infinite.
        AudioTooLong: the recording is longer than `max_seconds`.
        ParameterOutOfRange: the rate is out of range, or the samples are not in [-1, 1].
    """
    if not MIN_RATE <= sample_rate <= MAX_RATE:
        raise ParameterOutOfRange(
            f"sample_rate is {sample_rate} Hz, expected {MIN_RATE} to {MAX_RATE}"
        )
    if audio.size == 0:
        raise AudioEmpty("the audio has no samples: record something before sending it")
    seconds = audio.size / sample_rate
    if seconds > max_seconds:
        raise AudioTooLong(
            f"the audio is {seconds:.1f} s long, at most {max_seconds:g} s are taken: "
            "send it in parts"
        )
    check_samples(audio)
    if sample_rate == SAMPLE_RATE:
        return np.ascontiguousarray(audio, dtype=np.float32)
    resampled: Samples = soxr.resample(
        audio.astype(np.float32, copy=False), sample_rate, SAMPLE_RATE
    )
    return resampled
