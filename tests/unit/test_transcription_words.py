"""Transcription as a whole: every word is written once, whatever is said and not said."""

import numpy as np
import pytest

from tests.unit.transcription_kit import RATE, SENTENCES, Ear, text, told, written
from tritone.usecases.transcription import Finished, Wishes

pytestmark = pytest.mark.unit

GAPS = ((0.0, 0.0), (0.0, 0.1), (0.0, 1.5), (2.0, 40.0))


def speech(seed):
    """Minutes of it, with pauses now of one kind and then of another: none, short, very long."""
    random = np.random.default_rng(seed)
    parts = []
    for kind in random.permutation([0, 0, 1, 2, 3]):
        count = random.integers(2, 8) if kind == 3 else random.integers(5, 200)
        gaps, words = random.uniform(*GAPS[kind], count), random.uniform(0.25, 0.7, count)
        parts += zip(gaps.tolist(), words.tolist(), strict=True)
    return told(parts, random.uniform(0, 60))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("chunk", [0.7, 10.0, 33.0])
async def test_every_word_is_written_once_in_order_and_at_its_time(seed, chunk):
    """Whatever the pauses: none, some, minutes; however the samples arrive."""
    recording = speech(seed)
    pieces, end = await written(Ear(), recording, Wishes(words=True), chunk)
    words = [word for piece in pieces for each in piece.segments for word in each.words]
    assert text(pieces) == recording.text
    assert [word.word for word in words] == recording.text.split()
    for word, (_, start, stop) in zip(words, recording.words, strict=True):
        assert word.start == pytest.approx(start, abs=0.1)
        assert word.end == pytest.approx(stop, abs=0.1)
    assert end.duration == pytest.approx(recording.seconds)
    edges = [edge for piece in pieces for each in piece.segments for edge in (each.start, each.end)]
    assert edges == sorted(edges)


async def test_a_short_recording_is_one_call_and_nothing_else():
    """No detection before it, whatever is in it."""
    recording = told([(1.0, 0.5), (10.0, 0.5)], after=14.0)
    ear = Ear()
    [piece], end = await written(ear, recording)
    assert (len(ear.asked), ear.chunks) == (1, [])
    np.testing.assert_array_equal(ear.asked[0].audio, recording.audio)
    assert (piece.text, piece.processed) == ("w0 w1", pytest.approx(26.0))
    assert end == Finished(language="en", duration=recording.seconds)


async def test_speech_without_pauses_is_stitched_and_shows_no_words_unless_wished():
    """Words are timed for the seams, and kept to ourselves."""
    recording = told([(0.0, 0.37)] * 300)
    ear = Ear()
    pieces, _ = await written(ear, recording)
    assert len(pieces) > 3
    assert text(pieces) == recording.text
    assert all(request.word_timestamps for request in ear.asked)
    assert all(each.words == () for piece in pieces for each in piece.segments)


async def test_words_are_not_timed_where_nobody_needs_them():
    """Alignment takes time."""
    ear = Ear()
    await written(ear, told(SENTENCES))
    assert not any(request.word_timestamps for request in ear.asked)


async def test_excerpts_are_cut_in_pauses_and_fit_one_window():
    """Each begins and ends in silence, and is no longer than the engine hears at once."""
    ear = Ear()
    await written(ear, told(SENTENCES, after=1.0))
    assert len(ear.asked) >= 4
    for request in ear.asked:
        assert request.audio.size <= 27.1 * RATE
        assert request.audio[0] == request.audio[-1] == 0


async def test_long_silences_are_not_sent():
    """Ten minutes in which nobody speaks cost nothing but the listening."""
    recording = told([(1.0, 0.5), (600.0, 0.5), (1.0, 0.5)], after=100.0)
    ear = Ear()
    pieces, end = await written(ear, recording)
    assert text(pieces) == "w0 w1 w2"
    assert sum(request.audio.size for request in ear.asked) < 10 * RATE
    assert end.duration == pytest.approx(recording.seconds)


async def test_where_nobody_speaks_there_is_no_text_and_no_error():
    """Short or long."""
    for seconds in (5.0, 90.0):
        pieces, end = await written(Ear(), told([], after=seconds))
        assert text(pieces) == ""
        assert end == Finished(language="", duration=seconds)


@pytest.mark.parametrize(
    ("language", "task", "space"),
    [("ja", "transcribe", ""), ("ja", "translate", " "), ("en", "transcribe", " ")],
)
async def test_pieces_are_joined_as_their_language_is_written(language, task, space):
    """Japanese has no spaces; its translation has."""
    ear = Ear(space=space)
    wishes = Wishes(language=language, task=task)
    recording = told(SENTENCES)
    pieces, _ = await written(ear, recording, wishes)
    assert text(pieces) == recording.text.replace(" ", space)


async def test_words_are_stitched_without_spaces_too():
    """A seam in Japanese."""
    recording = told([(0.0, 0.37)] * 150)
    pieces, _ = await written(Ear(space=""), recording, Wishes(language="ja"))
    assert text(pieces) == recording.text.replace(" ", "")
