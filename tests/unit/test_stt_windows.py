"""Cutting recordings into windows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.stt.windows import FULL_FRAMES, IDEAL, LONGEST, PAD, cut, frames_for
from tritone.engines.vad.endpoint import FRAME_SECONDS
from tritone.engines.vad.offline import Speech

pytestmark = pytest.mark.unit


def speech(*stretches, duration, probability=None):
    """Speech as the detector would describe it."""
    frames = np.zeros(int(np.ceil(duration / FRAME_SECONDS)), np.float32)
    for start, end in stretches:
        frames[int(start / FRAME_SECONDS) : int(end / FRAME_SECONDS)] = 0.9
    return Speech(tuple(stretches), frames if probability is None else probability)


@st.composite
def recordings(draw):
    """Speech and pauses in turn, up to some minutes, and its duration."""
    lengths = draw(st.lists(st.tuples(st.floats(0.2, 12), st.floats(0.1, 70)), max_size=12))
    at, stretches = 0.0, []
    for pause, length in lengths:
        start, at = at + pause, at + pause + length
        stretches.append((start, at))
    duration = at + draw(st.floats(0, 5))
    return speech(*stretches, duration=duration), duration


@given(recordings())
def test_windows_cover_all_speech_in_order_and_fit_the_model(recording):
    """No speech is lost or heard twice, and no window is longer than Whisper's."""
    heard, duration = recording
    windows = cut(heard, duration)
    edge = 0.0
    for window in windows:
        assert edge <= window.start + 1e-9
        assert window.start <= window.speech_start < window.speech_end <= window.end
        assert window.seconds <= LONGEST + 1e-6
        edge = window.end
    assert edge <= duration + 1e-9
    for start, end in heard.stretches:
        inside = sum(max(0.0, min(end, w.speech_end) - max(start, w.speech_start)) for w in windows)
        assert inside == pytest.approx(end - start, abs=1e-6)


def test_silence_has_no_windows():
    """Where nobody speaks there is nothing to decode."""
    assert cut(speech(duration=20), 20) == []


def test_faint_speech_is_still_given_to_whisper():
    """Probabilities that never reach certainty make one window over where they rise."""
    faint = np.zeros(100, np.float32)
    faint[40:60] = 0.4
    [window] = cut(Speech((), faint), 3.2)
    assert window.speech_start == pytest.approx(40 * FRAME_SECONDS)
    assert window.speech_end == pytest.approx(60 * FRAME_SECONDS)


def test_a_short_pause_stays_inside_a_window_and_a_full_window_ends_at_one():
    """Sentences share a window up to the ideal length; the pad is kept around each window."""
    heard = speech((1, 4), (5, 8), (9, 13), duration=15)
    first, second = cut(heard, 15)
    assert (first.speech_start, first.speech_end) == (1, 8)
    assert first.speech_end - first.speech_start <= IDEAL
    assert (first.start, first.end) == (pytest.approx(1 - PAD), pytest.approx(8 + PAD))
    assert (second.speech_start, second.speech_end) == (9, 13)


def test_speech_without_pause_is_cut_where_it_is_least_certain():
    """A 40 s monologue is cut at its weakest moment, not at an arbitrary one."""
    certain = np.full(1250, 0.9, np.float32)
    certain[600] = 0.6
    first, second = cut(speech((0, 40), duration=40, probability=certain), 40)
    assert first.speech_end == second.speech_start == pytest.approx(600 * FRAME_SECONDS)


@pytest.mark.parametrize(
    ("seconds", "frames"), [(0.1, 1000), (9.5, 1000), (9.6, 1500), (15, 2000), (28, FULL_FRAMES)]
)
def test_a_window_takes_the_smallest_size_that_leaves_a_margin(seconds, frames):
    """Half a second of silence follows the speech; below ten seconds Whisper loops."""
    assert frames_for(seconds) == frames


def test_sentences_gathered_up_to_the_ideal_fit_the_cheapest_window():
    """Gathering more would double the price of a second."""
    [window] = cut(speech((1, 5), (6, 1 + IDEAL), duration=20), 20)
    assert frames_for(window.seconds) == 1000
