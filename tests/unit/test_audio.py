"""Validation and resampling that everything that listens shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tritone.contract import SAMPLE_RATE
from tritone.engines.audio import MAX_PEAK, MAX_RATE, MIN_RATE, check_samples, listen
from tritone.errors import AudioEmpty, AudioNotFinite, AudioTooLong, ParameterOutOfRange

pytestmark = pytest.mark.unit

SAMPLE = st.floats(-1, 1, width=32)
RECORDING = arrays.arrays(np.float32, st.integers(1, 400), elements=SAMPLE)


def tone(seconds: float, rate: int, hertz: float = 440.0):
    """A sine of amplitude 0.5."""
    time = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


@given(RECORDING)
def test_samples_in_range_pass_unchanged_at_the_models_own_rate(audio):
    """Good audio at 16 kHz arrives as it was sent."""
    np.testing.assert_array_equal(listen(audio, SAMPLE_RATE, max_seconds=1), audio)


@given(RECORDING, st.data(), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_one_sample_that_is_not_finite_is_refused_and_located(audio, data, poison):
    """NaN and infinities are refused wherever they stand, and the message says where."""
    place = data.draw(st.integers(0, audio.size - 1))
    audio[place] = poison
    with pytest.raises(AudioNotFinite, match=rf"sample {place} "):
        check_samples(audio)


def test_int16_samples_that_were_not_scaled_are_refused_with_the_remedy():
    """A caller who forgot to divide learns by what."""
    audio = (tone(0.1, SAMPLE_RATE) * 32768).astype(np.float32)
    with pytest.raises(ParameterOutOfRange, match="divide 16-bit samples by 32768"):
        listen(audio, SAMPLE_RATE, max_seconds=1)


@pytest.mark.parametrize(("peak", "taken"), [(1.4, True), (MAX_PEAK, True), (-2.01, False)])
def test_overshoot_up_to_six_decibels_is_taken(peak, taken):
    """Floating point mixes above full scale are common and harmless; the bound is exact."""
    audio = np.array([0, peak, 0], np.float32)
    if taken:
        check_samples(audio)
    else:
        with pytest.raises(ParameterOutOfRange):
            check_samples(audio)


@pytest.mark.parametrize("rate", [MIN_RATE - 1, 0, -16000, MAX_RATE + 1])
def test_a_rate_out_of_range_is_refused_and_the_range_told(rate):
    """The message names the rate and both bounds."""
    with pytest.raises(ParameterOutOfRange, match=rf"{rate} Hz, expected 8000 to 192000"):
        listen(np.zeros(100, np.float32), rate, max_seconds=1)


def test_no_samples_are_refused_by_listen_but_pass_the_check():
    """An empty recording is a mistake; an empty chunk of a stream is not."""
    empty = np.empty(0, np.float32)
    with pytest.raises(AudioEmpty):
        listen(empty, SAMPLE_RATE, max_seconds=1)
    check_samples(empty)


def test_audio_that_is_too_long_is_refused_with_its_length_and_the_limit():
    """Length is judged in seconds of the caller's own rate; the limit itself is taken."""
    with pytest.raises(AudioTooLong, match=r"is 2\.5 s long, at most 2 s"):
        listen(np.zeros(20_000, np.float32), 8_000, max_seconds=2)
    assert listen(np.zeros(16_000, np.float32), 8_000, max_seconds=2).size == 2 * SAMPLE_RATE


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_resampling_keeps_duration_pitch_and_level(rate):
    """A 440 Hz tone at any rate is the same tone at 16 kHz."""
    heard = listen(tone(0.5, rate), rate, max_seconds=1)
    assert heard.dtype == np.float32
    assert heard.size == pytest.approx(SAMPLE_RATE / 2, abs=1)
    middle = slice(1000, 7000)
    np.testing.assert_allclose(heard[middle], tone(0.5, SAMPLE_RATE)[middle], atol=0.01)


def test_what_lies_above_the_new_rates_half_is_removed_not_folded():
    """A 12 kHz tone cannot be heard at 16 kHz and must not come back as 4 kHz."""
    heard = listen(tone(0.5, 48_000, hertz=12_000), 48_000, max_seconds=1)
    assert np.abs(heard[1000:-1000]).max() < 0.005
