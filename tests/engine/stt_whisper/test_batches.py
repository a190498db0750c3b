"""Whisper: every caller of a batch gets what it would get alone."""

import numpy as np
import pytest

from tests.engine.stt_whisper.whisper_kit import SENTENCES, ask, plain
from tritone.contract import SAMPLE_RATE, SttRequest, SttResponse
from tritone.errors import (
    AudioEmpty,
    AudioNotFinite,
    AudioTooLong,
    ParameterOutOfRange,
    UnknownLanguage,
    UnknownTask,
)

pytestmark = pytest.mark.engine


def test_recordings_of_any_length_share_a_batch(whisper, say):
    """Ragged: a word, sentences and a minute together get what each gets alone, in order."""
    long = np.concatenate([np.pad(say(each), (0, 8_000)) for each in SENTENCES * 2])
    recordings = [say("Yes."), long, *map(say, SENTENCES), np.zeros(16_000, np.float32)]
    alone = [ask(whisper, audio).text for audio in recordings]
    together = whisper.transcribe([SttRequest(audio=audio) for audio in recordings])
    assert [response.text for response in together] == alone


def test_a_question_is_answered_before_a_lecture(whisper, say):
    """Whoever is in a batch with long recordings does not wait for them; faults come at once."""
    lecture = np.concatenate([np.pad(say(each), (0, 8_000)) for each in SENTENCES * 2])
    silence = np.zeros(2 * SAMPLE_RATE, np.float32)
    recordings = [lecture, say(SENTENCES[0]), silence, lecture, say("Yes."), silence[:0]]
    answers = whisper.answers([SttRequest(audio=audio, language="en") for audio in recordings])
    order = [place for place, _ in answers]
    assert order[0] == 5
    assert set(order[1:4]) == {1, 2, 4}
    assert set(order[4:]) == {0, 3}


def test_a_bad_request_spoils_no_other(whisper, say):
    """Each fault gets its own error; the good request between them gets its text."""
    good = say(SENTENCES[0])
    poison = good.copy()
    poison[100] = np.nan
    batch = [
        SttRequest(audio=np.empty(0, np.float32)),
        SttRequest(audio=poison),
        SttRequest(audio=good, sample_rate=7_999),
        SttRequest(audio=good * 32768),
        SttRequest(audio=good),
        SttRequest(audio=good, task="summarise"),
        SttRequest(audio=good, language="tlh"),
        SttRequest(audio=np.zeros(121 * SAMPLE_RATE, np.float32)),
    ]
    results = whisper.transcribe(batch)
    assert [type(result) for result in results] == [
        AudioEmpty,
        AudioNotFinite,
        ParameterOutOfRange,
        ParameterOutOfRange,
        SttResponse,
        UnknownTask,
        UnknownLanguage,
        AudioTooLong,
    ]
    assert plain(results[4].text) == plain(SENTENCES[0])
    assert "summarise" in results[5].message
    assert "transcribe, translate" in results[5].message
    assert "tlh" in results[6].message
    assert "121.0 s long, at most 120 s" in results[7].message


def test_an_empty_batch_is_answered_with_nothing(whisper):
    """All requests of a batch may have been cancelled."""
    assert whisper.transcribe([]) == []
