"""Whisper: a named language, a prompt, a temperature."""

import re

import pytest

from tests.engine.stt_whisper.whisper_kit import SENTENCES, ask, plain, segments
from tritone.contract import SttRequest
from tritone.engines.stt.checks import Decoding
from tritone.engines.stt.network import Network
from tritone.engines.stt.whisper import Whisper
from tritone.errors import ParameterOutOfRange, UnknownLanguage, UnknownTask

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def english_only(weights):
    return Whisper(weights("whisper-tiny-en"), weights("silero-vad"), threads=2)


def test_a_named_language_is_taken_as_certain(whisper, say):
    """The caller knows better than detection."""
    response = ask(whisper, say(SENTENCES[0]), language="en")
    assert (response.language, response.language_probability) == ("en", 1.0)


def test_the_named_language_reaches_the_decoder(whisper, say):
    """English that the caller calls Japanese is written in Japanese script."""
    response = ask(whisper, say(SENTENCES[0]), language="ja")
    assert response.language == "ja"
    assert re.search("[\u3040-\u30ff]", response.text)


def test_an_english_model_knows_english_only(english_only, say):
    """tiny.en: English without asking; other languages and translation are refused."""
    audio = say(SENTENCES[0])
    response = ask(english_only, audio)
    assert plain(response.text) == plain(SENTENCES[0])
    assert (response.language, response.language_probability) == ("en", 1.0)
    french, translated = english_only.transcribe(
        [SttRequest(audio=audio, language="fr"), SttRequest(audio=audio, task="translate")]
    )
    assert isinstance(french, UnknownLanguage)
    assert isinstance(translated, UnknownTask)


def test_a_prompt_teaches_words_to_its_own_request_only(whisper, say):
    """A name that nobody could guess is spelt as the prompt spells it; the neighbour's is not."""
    audio = say("Good morning, Katarzyna.")
    guess = ask(whisper, audio, language="en").text
    spelling = "Catarzhina"
    assert spelling not in guess
    prompted, plain, other = whisper.transcribe(
        [
            SttRequest(audio=audio, language="en", prompt=f"Letters to {spelling}. {spelling}!"),
            SttRequest(audio=audio, language="en"),
            SttRequest(audio=say(SENTENCES[1]), language="en", prompt="Opening hours."),
        ]
    )
    assert spelling in prompted.text
    assert "Letters" not in prompted.text
    assert plain.text == guess
    assert plain_words(other) == plain_words(ask(whisper, say(SENTENCES[1])))


def plain_words(response):
    """The words of a response as they are compared."""
    return plain(response.text).split()


def test_a_copied_prompt_is_replaced_by_what_is_heard_without_it(
    whisper, say, monkeypatch: pytest.MonkeyPatch
):
    """A decoder that writes its prompt down is asked again, without one."""
    honest = Network.decode
    prompt = "Minutes of the meeting of the board of directors on Tuesday."

    def copying(self, encodings, spoken, prompts=(), **options):
        if any(prompts):
            return [Decoding(tuple(each), prompt, -0.2, 0.01) for each in prompts]
        return honest(self, encodings, spoken, **options)

    monkeypatch.setattr(Network, "decode", copying)
    response = ask(whisper, say(SENTENCES[0]), language="en", prompt=prompt)
    assert plain(response.text) == plain(SENTENCES[0])


def test_a_prompt_that_is_really_said_is_kept(whisper, say):
    """Who reads the prompt out gets it written as the prompt writes it."""
    prompt = "Please turn off the BEDROOM lamp and close the window."
    response = ask(whisper, say(SENTENCES[0]), language="en", prompt=prompt)
    assert plain(response.text) == plain(SENTENCES[0])


def test_a_temperature_is_told_and_one_out_of_range_is_refused(whisper, say):
    """What segments say of their making is what was asked for."""
    audio = say(SENTENCES[0])
    warm, cold, hot = whisper.transcribe(
        [
            SttRequest(audio=audio, language="en", temperature=0.2),
            SttRequest(audio=audio, language="en"),
            SttRequest(audio=audio, language="en", temperature=1.1),
        ]
    )
    assert {each.temperature for each in segments(warm)} == {0.2}
    assert {each.temperature for each in segments(cold)} == {0.0}
    assert isinstance(hot, ParameterOutOfRange)
