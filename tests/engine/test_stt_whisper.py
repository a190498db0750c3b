"""Whisper: what is said is what is written, for every caller of a batch."""

import itertools
import re

import jiwer
import numpy as np
import pytest
import soxr

from tritone.contract import SAMPLE_RATE, SttRequest, SttResponse
from tritone.engines.stt.checks import Decoding
from tritone.engines.stt.network import Network
from tritone.engines.stt.whisper import Whisper
from tritone.errors import (
    AudioEmpty,
    AudioNotFinite,
    AudioTooLong,
    ParameterOutOfRange,
    UnknownLanguage,
    UnknownTask,
    WeightsMissing,
)
from tritone.messages import Segment, decode

pytestmark = pytest.mark.engine

SENTENCES = (
    "Please turn off the bedroom lamp and close the window.",
    "What time does the library open on Saturday morning?",
    "Is it going to rain tomorrow in Boston?",
    "How many planets are in the solar system?",
)
GENERATOR = np.random.default_rng(0)


@pytest.fixture(scope="module")
def whisper(weights):
    return Whisper(weights("whisper-base"), weights("silero-vad"), threads=2, max_seconds=120)


@pytest.fixture(scope="module")
def english_only(weights):
    return Whisper(weights("whisper-tiny-en"), weights("silero-vad"), threads=2)


def plain(text):
    """Words as they are compared: lower case, without punctuation."""
    return re.sub(r"[^\w\s]", "", text.lower()).strip()


def noise(seconds, level):
    """White noise."""
    return GENERATOR.normal(0, level, round(seconds * SAMPLE_RATE)).astype(np.float32)


def ask(engine, audio, **options):
    """One recording, alone."""
    [response] = engine.transcribe([SttRequest(audio=audio, **options)])
    assert isinstance(response, SttResponse), response
    return response


def segments(response):
    return decode(tuple[Segment, ...], response.segments)


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


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a: a + noise(len(a) / SAMPLE_RATE, 0.01), id="noisy"),
        pytest.param(lambda a: a * 0.05, id="quiet"),
        pytest.param(lambda a: soxr.resample(a, SAMPLE_RATE, 13_300), id="fast"),
        pytest.param(lambda a: np.pad(a, (3 * SAMPLE_RATE, 5 * SAMPLE_RATE)), id="amid silence"),
    ],
)
def test_recordings_are_never_perfect(whisper, say, spoil):
    """Noise, distance, haste and silence around it cost at most one word in ten."""
    batch = [SttRequest(audio=spoil(say(each)).astype(np.float32)) for each in SENTENCES]
    heard = [plain(response.text) for response in whisper.transcribe(batch)]
    assert jiwer.wer([plain(each) for each in SENTENCES], heard) <= 0.1


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_any_sample_rate_is_heard_alike(whisper, say, rate):
    """A recording at another rate is the same recording."""
    audio = soxr.resample(say(SENTENCES[0]), SAMPLE_RATE, rate)
    response = ask(whisper, audio, sample_rate=rate)
    assert plain(response.text) == plain(SENTENCES[0])
    assert response.duration == pytest.approx(len(audio) / rate)


@pytest.mark.parametrize(
    "audio",
    [
        pytest.param(np.zeros(3 * SAMPLE_RATE, np.float32), id="silence"),
        pytest.param(noise(3, 0.01), id="hiss"),
        pytest.param(noise(3, 0.2), id="loud noise"),
        pytest.param(
            (0.1 * np.sin(np.arange(3 * SAMPLE_RATE) * 0.04)).astype(np.float32), id="hum"
        ),
        pytest.param(np.zeros(1, np.float32), id="one sample"),
    ],
)
@pytest.mark.parametrize("language", ["", "en"])
def test_where_nobody_speaks_nothing_is_written(whisper, audio, language):
    """No "Thank you." out of silence or noise, and the caller learns why the text is empty."""
    response = ask(whisper, audio, language=language)
    assert response.text == ""
    assert response.no_speech_prob > 0.6
    assert segments(response) == ()
    assert response.language == language
    assert response.language_probability == (1.0 if language else 0.0)


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
    trimmed = [say(each)[1_600:-1_600] for each in SENTENCES * 4]
    response = ask(whisper, np.concatenate(trimmed), language="en")
    assert len(np.concatenate(trimmed)) > 30 * SAMPLE_RATE
    assert jiwer.wer(plain(" ".join(SENTENCES * 4)), plain(response.text)) <= 0.15


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


@pytest.mark.parametrize("audio", [np.zeros(48_000, np.float32), noise(3, 0.05)], ids=["0", "hiss"])
def test_a_prompt_is_not_echoed_where_nobody_speaks(whisper, audio):
    """Silence stays silence."""
    prompt = "Thank you for watching. Please like and subscribe to the channel of the kettle."
    assert ask(whisper, audio, language="en", prompt=prompt).text == ""


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


def test_segments_say_how_they_were_decoded(whisper, say):
    """Tokens that make the text, and Whisper's own measures of trust."""
    (only,) = segments(ask(whisper, say(SENTENCES[0]), language="en"))
    tokenizer = whisper._network.tokenizer("en", "transcribe")
    assert tokenizer.decode(list(only.tokens)).strip() == only.text
    assert max(only.tokens) < tokenizer.eot
    assert 0 < only.compression_ratio < 2.4
    assert -1 < only.avg_logprob < 0


def test_a_doubtful_decoding_is_looked_at_again_in_the_full_window(
    whisper, say, monkeypatch: pytest.MonkeyPatch
):
    """A loop in the short window is replaced by what the full window gives, for that item only."""
    frames_decoded = []
    honest = Network.decode

    def looping(self, encodings, spoken, **options):
        frames_decoded.append([2 * each.shape[1] for each in encodings])
        decodings = honest(self, encodings, spoken, **options)
        if len(encodings) == 1:
            return decodings
        loop = Decoding((50,) * 30, "you you you " * 10, -0.3, 0.01)
        return [loop, *decodings[1:]]

    monkeypatch.setattr(Network, "decode", looping)
    batch = [SttRequest(audio=say(each), language="en") for each in SENTENCES[1:3]]
    texts = [plain(response.text) for response in whisper.transcribe(batch)]
    # The shorter clip is decoded first, so it is the one that looped.
    assert texts == [plain(each) for each in SENTENCES[1:3]]
    assert frames_decoded == [[1000, 1000], [3000]]


def test_of_several_doubtful_decodings_the_likeliest_that_does_not_loop_is_kept(
    whisper, say, monkeypatch: pytest.MonkeyPatch
):
    """When no look convinces, repetition is the worst answer."""
    looks = iter(
        [
            Decoding((50,) * 30, " you you", -0.1, 0.01),
            Decoding((1, 2), " first guess", -1.5, 0.01),
            Decoding((3, 4), " better guess", -1.2, 0.01),
            Decoding((5, 6), " worst guess", -1.9, 0.01),
        ]
    )
    monkeypatch.setattr(Network, "decode", lambda *_, **__: [next(looks)])
    assert ask(whisper, say("Yes."), language="en").text == "better guess"


def test_a_folder_that_is_no_model_is_refused(tmp_path, weights):
    """The error names the file that lacks."""
    with pytest.raises(WeightsMissing, match=r"model\.bin"):
        Whisper(tmp_path, weights("silero-vad"))
