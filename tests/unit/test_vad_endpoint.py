"""Endpointing: probabilities in, starts and ends of speech out."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.vad.endpoint import FRAME_SECONDS, Endpointer, Endpointing
from tritone.errors import SetupError

pytestmark = pytest.mark.unit

RULES = Endpointing(threshold=0.5, release=0.35, min_speech=0.096, min_silence=0.128)  # 3, 4 frames
PROBABILITIES = st.lists(st.floats(0, 1), max_size=120)


def events(probabilities, rules=RULES):
    """What a fresh endpointer finds, as (type, frame)."""
    found = Endpointer(rules).feed(probabilities)
    return [(event.type, round(event.at / FRAME_SECONDS)) for event in found]


def test_speech_is_dated_to_its_first_frame_and_its_end_to_the_first_silent_one():
    """Events are found late and dated right."""
    assert events([0.1] * 2 + [0.9] * 5 + [0.1] * 4) == [("start", 2), ("end", 7)]


def test_a_sound_shorter_than_min_speech_is_no_speech():
    """Two frames of a cough start nothing; three do."""
    assert events([0.9, 0.9, 0.1, 0.9, 0.9, 0.1]) == []
    assert events([0.9] * 3) == [("start", 0)]


def test_a_pause_shorter_than_min_silence_ends_nothing():
    """Three silent frames are a breath; four are an end."""
    assert events([0.9] * 3 + [0.1] * 3 + [0.9] * 3) == [("start", 0)]
    assert events([0.9] * 3 + [0.1] * 4) == [("start", 0), ("end", 3)]


def test_between_the_thresholds_nothing_changes():
    """Hysteresis: what does not start speech does not end it either."""
    assert events([0.45] * 20) == []
    assert events([0.9] * 3 + [0.45] * 20) == [("start", 0)]


def test_a_pause_that_wavers_between_the_thresholds_still_counts_from_its_beginning():
    """Only a probability above the upper threshold takes a pause back."""
    assert events([0.9] * 3 + [0.1, 0.45, 0.1, 0.45]) == [("start", 0), ("end", 3)]
    assert events([0.9] * 3 + [0.1, 0.1, 0.6, 0.1, 0.1]) == [("start", 0)]


def test_a_stream_that_ends_in_speech_ends_the_speech():
    """`finish` closes what is open, at the stream's end or where the speech had faded, once."""
    open_end = Endpointer(RULES)
    open_end.feed([0.9] * 5)
    assert [(e.type, round(e.at / FRAME_SECONDS)) for e in open_end.finish()] == [("end", 5)]
    assert open_end.finish() == []
    faded = Endpointer(RULES)
    faded.feed([0.9] * 5 + [0.1] * 2)
    assert [round(e.at / FRAME_SECONDS) for e in faded.finish()] == [5]


@given(PROBABILITIES)
def test_events_alternate_in_order_and_agree_with_speaking(probabilities):
    """Whatever is heard: start, end, start, ..., each later than the one before."""
    endpointer = Endpointer(RULES)
    found = endpointer.feed(probabilities)
    assert [event.type for event in found] == (["start", "end"] * len(found))[: len(found)]
    times = [event.at for event in found]
    assert times == sorted(set(times))
    assert endpointer.speaking == (len(found) % 2 == 1)


@given(PROBABILITIES, st.lists(st.integers(0, 120), max_size=6))
def test_feeding_in_pieces_finds_the_same(probabilities, cuts):
    """The result does not depend on how the frames are handed over."""
    endpointer, pieces = Endpointer(RULES), []
    edges = [0, *sorted(cuts), len(probabilities)]
    for first, last in itertools.pairwise(edges):
        pieces += endpointer.feed(probabilities[first:last])
    assert pieces == Endpointer(RULES).feed(probabilities)


@pytest.mark.parametrize(
    "wrong",
    [{"threshold": 0.3}, {"release": 0.0}, {"threshold": 1.0}, {"min_speech": -1.0},
     {"min_silence": -0.1}],
)  # fmt: skip
def test_rules_that_cannot_work_are_refused(wrong):
    """A mistake in the configuration fails at load, not in every stream."""
    with pytest.raises(SetupError):
        Endpointing(**wrong)
