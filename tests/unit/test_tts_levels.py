"""Speech comes out equally loud, never clipped, without dead time before it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.tts.levels import LOUDNESS, gain_for, pcm16, speech_span

pytestmark = pytest.mark.unit

RATE = 16_000


def _tone(seconds: float, level: float) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 200 * t)).astype(np.float32)


@pytest.mark.parametrize("level", [0.05, 0.2, 0.7])
def test_voices_are_brought_to_one_loudness(level: float) -> None:
    """A quiet and a loud voice have the same RMS after their gain, pauses not counted."""
    audio = np.concatenate([_tone(0.5, level), np.zeros(RATE, np.float32)])
    loud = gain_for(audio, RATE) * _tone(0.5, level)
    assert np.sqrt(np.mean(loud**2)) == pytest.approx(LOUDNESS, rel=0.02)


def test_silence_is_not_amplified() -> None:
    """A voice that said nothing keeps its level."""
    assert gain_for(np.zeros(RATE, np.float32), RATE) == 1.0


def test_silence_around_speech_is_cut_to_its_limits() -> None:
    """At most 10 ms before the first sound and 200 ms after the last are kept."""
    quiet = np.zeros(RATE, np.float32)
    audio = np.concatenate([quiet, _tone(0.3, 0.3), quiet])
    start, end = speech_span(audio, RATE)
    assert RATE - 0.02 * RATE <= start <= RATE
    assert 0.2 * RATE <= end - 1.3 * RATE <= 0.21 * RATE


def test_audio_without_sound_is_kept_whole() -> None:
    """There is nothing to trim towards."""
    assert speech_span(np.zeros(777, np.float32), RATE) == (0, 777)


@given(st.floats(-20, 20), st.floats(0.1, 4))
def test_peaks_bend_but_never_wrap(sample: float, gain: float) -> None:
    """A sample of any size keeps its sign and stays within 16 bits."""
    out = int(pcm16(np.array([sample], np.float32), gain)[0])
    assert -32767 <= out <= 32767
    assert out == 0 or np.sign(out) == np.sign(sample)


def test_louder_stays_louder() -> None:
    """The limiter is monotonic, and leaves what is below its knee alone."""
    ramp = np.linspace(0, 1.5, 400, dtype=np.float32)
    out = pcm16(ramp, 1.0).astype(int)
    assert (np.diff(out) >= 0).all()
    below = ramp < 0.8
    assert np.abs(out[below] - ramp[below] * 32767).max() <= 0.51
