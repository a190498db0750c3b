"""Loudness and silence of synthesized speech.

Answers are spoken clause by clause, so each clause must come out equally loud: one gain for each
voice, never one for each clause (which would shout a quiet "no."). A gain can push a peak over
full scale, so peaks are bent, not cut.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["gain_for", "pcm16", "speech_span"]

Samples = npt.NDArray[np.float32]

LOUDNESS: Final = 0.1
"""RMS of the voiced parts that a voice is brought to: -20 dBFS, usual for speech."""
MOST_GAIN: Final = 4.0
_KNEE: Final = 0.8
_VOICED: Final = 0.01
_AUDIBLE: Final = 0.002
_FRAME: Final = 0.01  # seconds


def _frame_rms(audio: Samples, sample_rate: int) -> tuple[Samples, int]:
    """RMS of each whole or last broken 10 ms frame, and the frame's size in samples."""
    size = max(int(sample_rate * _FRAME), 1)
    frames = -(-len(audio) // size)
    padded = np.zeros(frames * size, np.float32)
    padded[: len(audio)] = audio
    return np.sqrt(np.mean(padded.reshape(frames, size) ** 2, axis=1)), size


def gain_for(audio: Samples, sample_rate: int) -> float:
    """The factor that brings a voice to `LOUDNESS`, learnt from a sentence it spoke."""
    rms, _ = _frame_rms(audio, sample_rate)
    voiced = rms[rms > _VOICED]
    if voiced.size == 0:
        return 1.0
    return min(LOUDNESS / float(np.sqrt(np.mean(voiced**2))), MOST_GAIN)


def speech_span(
    audio: Samples, sample_rate: int, lead: float = 0.01, trail: float = 0.2
) -> tuple[int, int]:
    """Start and end, in samples, that leave at most `lead` and `trail` seconds of silence.

    A short lead brings the first sound sooner; the trail is the pause between two clauses.
    Audio without any sound is kept whole.
    """
    rms, size = _frame_rms(audio, sample_rate)
    audible = np.flatnonzero(rms > _AUDIBLE)
    if audible.size == 0:
        return 0, len(audio)
    start = int(audible[0]) * size - int(lead * sample_rate)
    end = (int(audible[-1]) + 1) * size + int(trail * sample_rate)
    return max(start, 0), min(end, len(audio))


def pcm16(audio: Samples, gain: float) -> npt.NDArray[np.int16]:
    """Signed 16 bit samples; what exceeds 0.8 of full scale bends smoothly below it."""
    loud = audio * np.float32(gain)
    size = np.abs(loud)
    bent = _KNEE + (1 - _KNEE) * np.tanh((size - _KNEE) / (1 - _KNEE))
    limited = np.where(size > _KNEE, np.copysign(bent, loud), loud)
    pcm: npt.NDArray[np.int16] = np.round(limited * 32767).astype(np.int16)
    return pcm
