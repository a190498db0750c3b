"""What a listener hears of audio that comes piece by piece."""

import pytest

from perf.bench.subjects.playback import Playback
from tritone.errors import Internal

pytestmark = pytest.mark.unit


def test_pieces_in_time_do_not_stall():
    """A piece that comes while those before it are played is heard without a pause."""
    heard = Playback()
    heard.add(0.5, 2.0)
    heard.add(2.5, 1.0)  # at the very end of the first
    answer = heard.answer(units=3.0)
    assert (answer.first, answer.last) == (0.5, 2.5)
    assert answer.extra == {"audio_seconds": 3.0, "stall_seconds": 0.0}


def test_late_pieces_stall():
    """Every wait counts, and what comes after one is played that much later."""
    heard = Playback()
    heard.add(1.0, 1.0)
    heard.add(2.5, 1.0)  # half a second late: played until 3.5
    heard.add(3.4, 1.0)  # in time only because of that
    heard.add(6.0, 1.0)  # played from 6.0, silent since 4.5
    assert heard.stalls == pytest.approx(0.5 + 1.5)


def test_empty_pieces_are_nothing():
    """A piece without samples is neither the first nor the last."""
    heard = Playback()
    heard.add(0.1, 0.0)
    heard.add(0.7, 1.0)
    heard.add(0.9, 0.0)
    assert (heard.first, heard.last) == (0.7, 0.7)


def test_silence_is_no_answer():
    """An answer without audio is an error, not a fast answer."""
    with pytest.raises(Internal, match="no audio"):
        Playback().answer(units=1.0)


def test_the_answer_may_end_after_its_audio():
    """Where the last event comes after the last audio, that is when the answer was there."""
    heard = Playback()
    heard.add(0.2, 1.0)
    answer = heard.answer(units=1.0, last=0.4, text="so")
    assert answer.last == 0.4
    assert answer.extra["text"] == "so"
