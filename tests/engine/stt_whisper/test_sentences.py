"""Whisper: what is said is what is written, however long it is, with its times."""

import itertools

import jiwer
import numpy as np
import pytest
import soxr

from tests.engine.stt_whisper.whisper_kit import SENTENCES, ask, plain, segments
from tritone.contract import SAMPLE_RATE
from tritone.engines.stt.whisper import Whisper
from tritone.errors import WeightsMissing

MORE = (
    "The train to Chicago leaves from platform nine at noon.",
    "My brother painted the old wooden fence green last summer.",
    "She keeps a small garden with tomatoes and yellow flowers.",
    "Remember to buy bread, milk and a dozen eggs on the way home.",
    "The concert was moved to the big hall because of the weather.",
    "Our neighbor plays the piano every evening after dinner.",
    "He found his keys under a pile of newspapers in the kitchen.",
    "They walked along the river until it was too dark to see.",
)

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_written_down(whisper, say, sentence):
    """Clear speech comes out word for word, in the language it is in."""
    audio = say(sentence)
    response = ask(whisper, audio)
    assert plain(response.text) == plain(sentence)
    assert response.language == "en"
    assert response.language_probability > 0.9
    assert response.no_speech_prob < 0.3
    assert response.duration == pytest.approx(len(audio) / SAMPLE_RATE)


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_any_sample_rate_is_heard_alike(whisper, say, rate):
    """A recording at another rate is the same recording."""
    audio = soxr.resample(say(SENTENCES[0]), SAMPLE_RATE, rate)
    response = ask(whisper, audio, sample_rate=rate)
    assert plain(response.text) == plain(SENTENCES[0])
    assert response.duration == pytest.approx(len(audio) / rate)


def test_a_long_recording_is_stitched_without_loss_or_repetition(whisper, say):
    """Forty seconds with pauses come out whole, in segments whose times rise."""
    said = SENTENCES * 3
    audio = np.concatenate([np.pad(say(each), (0, 8_000)) for each in said])
    assert len(audio) > 30 * SAMPLE_RATE
    response = ask(whisper, audio, language="en")
    assert jiwer.wer(plain(" ".join(said)), plain(response.text)) <= 0.05
    found = segments(response)
    assert len(found) > 2
    assert plain(" ".join(each.text for each in found)) == plain(response.text)
    edges = [edge for each in found for edge in (each.start, each.end)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= response.duration


def test_speech_without_a_pause_longer_than_the_window_is_heard_to_its_end(whisper, say):
    """Nothing after the thirtieth second is dropped."""
    # Said once each: what repeats is doubted, and decoded again by chance.
    said = (*SENTENCES, *MORE)
    audio = np.concatenate([say(each)[1_600:-1_600] for each in said])
    response = ask(whisper, audio, language="en")
    assert len(audio) > 30 * SAMPLE_RATE
    assert jiwer.wer(plain(" ".join(said)), plain(response.text)) <= 0.15


def test_words_are_timed_where_they_are_spoken(whisper, say):
    """Every word has its place, in order, and a pause between sentences shows."""
    first, second = say("Turn on the light."), say("What time is it?")
    gap = SAMPLE_RATE
    audio = np.concatenate([first, np.zeros(gap, np.float32), second])
    response = ask(whisper, audio, word_timestamps=True)
    timed = [word for each in segments(response) for word in each.words]
    assert [plain(word.word) for word in timed] == plain(response.text).split()
    for one, other in itertools.pairwise(timed):
        assert one.start <= one.end <= other.start + 1e-6
    assert all(0 < word.probability <= 1 for word in timed)
    what = next(word for word in timed if plain(word.word) == "what")
    assert what.start == pytest.approx((len(first) + gap) / SAMPLE_RATE, abs=0.4)


def test_words_are_left_out_unless_asked_for(whisper, say):
    """Alignment costs time."""
    assert all(each.words == () for each in segments(ask(whisper, say(SENTENCES[0]))))


def test_a_folder_that_is_no_model_is_refused(tmp_path, weights):
    """The error names the file that lacks."""
    with pytest.raises(WeightsMissing, match=r"model\.bin"):
        Whisper(tmp_path, weights("silero-vad"))
