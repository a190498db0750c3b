"""Piper with a real voice: how a text sounds, alone and beside others."""

# ruff: noqa: RUF001 - other scripts are what is tested.

import numpy as np
import pytest

from tests.engine.tts.tts_kit import speak
from tritone.contract import TtsRequest, TtsResponse
from tritone.engines.tts.piper import Piper
from tritone.engines.tts.voice import LONGEST_RUN, Voice
from tritone.errors import TextEmpty

pytestmark = pytest.mark.engine


def test_speech_is_audible_and_not_clipped(engine: Piper) -> None:
    """Audio is 16 bit PCM at the voice's rate, loud enough, and below full scale."""
    answer = speak(engine)
    assert (answer.audio.dtype, answer.sample_rate) == (np.int16, 22_050)
    assert 1.5 < len(answer.audio) / answer.sample_rate < 5
    assert 0.3 < np.abs(answer.audio).max() / 32767 < 1


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_same_seed_same_audio(engine: Piper, seed: int) -> None:
    """A request gives the same samples each time, whatever was spoken between."""
    first = speak(engine, seed=seed)
    speak(engine, "Something else.", seed=3)
    again = speak(engine, seed=seed)
    assert np.array_equal(first.audio, again.audio)
    assert first.timings == again.timings


def test_another_seed_is_another_prosody(engine: Piper) -> None:
    """Seeds change rhythm, not only the samples."""
    assert speak(engine, seed=1).timings != speak(engine, seed=2).timings


def test_speed_scales_the_length(engine: Piper) -> None:
    """Twice as fast is about half as long; frames are whole, so not exactly."""
    slow, plain, fast = (len(speak(engine, speed=speed).audio) for speed in (0.5, 1, 2))
    assert 1.6 < slow / plain < 2.2
    assert 1.5 < plain / fast < 2.2


def test_markdown_is_not_read_aloud(engine: Piper) -> None:
    """Marks change nothing about how a sentence sounds."""
    assert np.array_equal(
        speak(engine, "**Paris** is _nice_.").audio, speak(engine, "Paris is nice.").audio
    )


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b\x07c",
        "x" * 400,
        "Call 555-0199, pay $3.50 or 1,000,000 by 12/31/2025 at 23:59!",
        "https://www.example.com/a?b=c and mail@example.com",
        "你好 hello привет مرحبا שלום",
        "[[həˈloʊ]] <speak>hi</speak> \\n {x} $HOME",
        "word " * 399 + "end.",
    ],
)
def test_odd_text_is_spoken(engine: Piper, text: str) -> None:
    """Control characters, endless words, numbers, addresses and other scripts make a sound."""
    assert np.abs(speak(engine, text, speed=4).audio).max() > 0


def test_a_bad_request_does_not_spoil_its_neighbours(engine: Piper) -> None:
    """Each request of a batch is answered in its place, and sounds as it does alone."""
    texts = ["A longer sentence comes first.", "", "Short."]
    first, bad, last = engine.speak([TtsRequest(text=text) for text in texts])
    assert isinstance(bad, TextEmpty)
    assert isinstance(first, TtsResponse)
    assert isinstance(last, TtsResponse)
    assert np.array_equal(first.audio, speak(engine, texts[0]).audio)
    assert np.array_equal(last.audio, speak(engine, texts[2]).audio)


def test_the_shortest_is_spoken_first(engine: Piper) -> None:
    """Results come one by one, in the order that gets the first audio out soonest."""
    texts = ["This is the longest of them all.", "Hi.", "A middling one."]
    order = [place for place, _ in engine.speak_each([TtsRequest(text=t) for t in texts])]
    assert order == [1, 2, 0]


def test_long_sentences_are_spoken_in_runs(voice: Voice) -> None:
    """No run of the graph exceeds its bound, and no phoneme is lost at a cut."""
    runs = voice.phonemize("many words without any stop " * 40)
    assert len(runs) > 1
    assert max(map(len, runs)) <= LONGEST_RUN
    sentence = "".join(symbol for run in runs for symbol in run)
    once = "".join(voice.phonemize("many words without any stop")[0]).strip()
    assert sentence.count(once[-6:]) == 40
