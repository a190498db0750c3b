"""Piper with a real voice: when each phoneme, mouth shape and word is heard."""

# ruff: noqa: RUF001 - other scripts are what is tested.

from itertools import pairwise

import numpy as np
import pytest

from tests.engine.tts.tts_kit import TEXT, speak, timings_of, words_of
from tritone.engines.tts.piper import Piper
from tritone.engines.tts.visemes import VISEMES, viseme_of
from tritone.engines.tts.voice import Voice
from tritone.messages import SpokenWord, Timing

pytestmark = pytest.mark.engine


def test_timings_tile_the_audio(engine: Piper) -> None:
    """Phonemes run from 0 to the end of the audio without a gap; shapes are of the set."""
    answer = speak(engine)
    timings = timings_of(answer)
    assert timings[0].start == 0
    assert timings[-1].end == pytest.approx(len(answer.audio) / answer.sample_rate, abs=1e-5)
    assert all(a.end == b.start for a, b in pairwise(timings))
    assert {timing.viseme for timing in timings} <= set(VISEMES)
    assert [t.phoneme for t in timings].count("tʃ") == 2


def test_words_are_those_of_the_text_in_order(engine: Piper) -> None:
    """Each is heard within the audio, after the one before, without marks and punctuation."""
    answer = speak(engine, "**Dr. Smith** paid $42.50 for a bottle of “wine” on 3 May - cheers! 🙂")
    words = words_of(answer)
    written = " ".join(word.word for word in words)
    assert written == "Dr Smith paid $42.50 for a bottle of wine on 3 May cheers"
    assert all(word.start < word.end for word in words)
    assert all(a.end <= b.start for a, b in pairwise(words))
    assert words[-1].end <= len(answer.audio) / answer.sample_rate
    longest = max(words, key=lambda word: word.end - word.start)
    assert longest.word == "$42.50"  # said in six


def test_words_hold_their_own_sounds(engine: Piper) -> None:
    """Also where the phonemizer joins words ("of the"), or says another form in a sentence."""
    answer = speak(engine, "Two of the best books, e.g. a cheap one, cost 42 dollars.")
    timings = timings_of(answer)

    def sounds(word: SpokenWord) -> str:
        return "".join(t.phoneme for t in timings if word.start <= t.start < word.end)

    heard = {word.word: sounds(word).replace("ˈ", "").replace("ˌ", "") for word in words_of(answer)}
    expected = {"Two": "t", "of": "ʌv", "the": "ð", "best": "b", "books": "b", "e.g": "f", "a": "ɐ",
                "cheap": "tʃ", "one": "w", "cost": "k", "42": "f", "dollars": "d"}  # fmt: skip
    assert {word: sound[: len(expected[word])] for word, sound in heard.items()} == expected


def test_pauses_are_in_no_word(engine: Piper) -> None:
    """What is heard between two sentences is silence."""
    answer = speak(engine)
    there, church = words_of(answer)[1:3]
    assert (there.word, church.word) == ("there", "Church")
    assert church.start - there.end > 0.05
    pause = answer.audio[
        int(there.end * answer.sample_rate) : int(church.start * answer.sample_rate)
    ].astype(float)
    whole = answer.audio.astype(float)
    assert np.sqrt(np.mean(pause**2)) < 0.3 * np.sqrt(np.mean(whole**2))


@pytest.mark.parametrize(
    "text",
    ["x", "9" * 200, "你好 hello привет", "a " * 300, "e.g. i.e. U.S.A. 1/2 C++ 20%", "x" * 400],
)
def test_every_text_has_its_words(engine: Piper, text: str) -> None:
    """However it is said, and whatever the voice cannot say: in order, within the audio."""
    answer = speak(engine, text, speed=4)
    words = words_of(answer)
    assert len(words) == len(text.split())
    edges = [edge for word in words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert edges[-1] <= len(answer.audio) / answer.sample_rate


def test_lengths_are_the_voices_own(voice: Voice) -> None:
    """The frames that the graph tells add up to the samples it made, to the last one."""
    assert voice.exact_timing
    for audio, lengths in voice.speak(voice.phonemize(TEXT), 1.0, 0):
        assert sum(samples for _, samples in lengths) == len(audio)


def test_closed_lips_are_quiet(engine: Piper) -> None:
    """Timings fit the sound: the closure of a "p" is quieter than the vowels around it."""
    answer = speak(engine, "Appa appa appa appa.")
    audio = answer.audio.astype(float)

    def loudness(timing: Timing) -> float:
        start, end = (int(at * answer.sample_rate) for at in (timing.start, timing.end))
        return float(np.sqrt(np.mean(audio[start:end] ** 2)))

    timings = timings_of(answer)
    lips = [loudness(t) for t in timings if t.viseme == "PP"]
    vowels = [loudness(t) for t in timings if t.viseme == "aa"]
    assert len(lips) >= 4
    assert np.mean(lips) < 0.5 * np.mean(vowels)


def test_every_phoneme_of_the_voice_has_a_shape(voice: Voice) -> None:
    """No symbol that the voice can say is unknown to the viseme table."""
    assert [symbol for symbol in voice._ids if viseme_of(symbol) is None] == []
