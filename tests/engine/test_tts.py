"""Piper with a real voice."""

# ruff: noqa: RUF001 - other scripts are what is tested.

import json
import shutil
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tritone.contract import TtsRequest, TtsResponse
from tritone.engines.tts.piper import Piper
from tritone.engines.tts.visemes import VISEMES, viseme_of
from tritone.engines.tts.voice import LONGEST_RUN, Voice
from tritone.errors import (
    ParameterOutOfRange,
    SetupError,
    TextEmpty,
    TextTooLong,
    TritoneError,
    UnknownVoice,
    WeightsCorrupt,
    WeightsMissing,
)
from tritone.messages import SpokenWord, Timing, decode

pytestmark = pytest.mark.engine

TEXT = "Hello there, Church of the judge. How are you today?"


@pytest.fixture(scope="module")
def folder(weights: Callable[[str], Path]) -> Path:
    return weights("piper-joe")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Piper:
    return Piper(folder)


@pytest.fixture(scope="module")
def voice(engine: Piper) -> Voice:
    return engine._voices["joe"]


def _speak(engine: Piper, text: str = TEXT, speed: float = 1.0, seed: int = 0) -> TtsResponse:
    request = TtsRequest(text=text, speed=speed, random_seed=seed)
    (answer,) = engine.speak([request])
    assert isinstance(answer, TtsResponse), answer
    return answer


def _refusal(engine: Piper, request: TtsRequest) -> TritoneError:
    (answer,) = engine.speak([request])
    assert isinstance(answer, TritoneError)
    return answer


def _timings(answer: TtsResponse) -> tuple[Timing, ...]:
    return decode(tuple[Timing, ...], answer.timings)  # type: ignore[no-any-return]


def _words(answer: TtsResponse) -> tuple[SpokenWord, ...]:
    return decode(tuple[SpokenWord, ...], answer.words)  # type: ignore[no-any-return]


def test_speech_is_audible_and_not_clipped(engine: Piper) -> None:
    """Audio is 16 bit PCM at the voice's rate, loud enough, and below full scale."""
    answer = _speak(engine)
    assert (answer.audio.dtype, answer.sample_rate) == (np.int16, 22_050)
    assert 1.5 < len(answer.audio) / answer.sample_rate < 5
    assert 0.3 < np.abs(answer.audio).max() / 32767 < 1


def test_timings_tile_the_audio(engine: Piper) -> None:
    """Phonemes run from 0 to the end of the audio without a gap; shapes are of the set."""
    answer = _speak(engine)
    timings = _timings(answer)
    assert timings[0].start == 0
    assert timings[-1].end == pytest.approx(len(answer.audio) / answer.sample_rate, abs=1e-5)
    assert all(a.end == b.start for a, b in pairwise(timings))
    assert {timing.viseme for timing in timings} <= set(VISEMES)
    assert [t.phoneme for t in timings].count("tʃ") == 2


def test_words_are_those_of_the_text_in_order(engine: Piper) -> None:
    """Each is heard within the audio, after the one before, without marks and punctuation."""
    answer = _speak(
        engine, "**Dr. Smith** paid $42.50 for a bottle of “wine” on 3 May - cheers! 🙂"
    )
    words = _words(answer)
    written = " ".join(word.word for word in words)
    assert written == "Dr Smith paid $42.50 for a bottle of wine on 3 May cheers"
    assert all(word.start < word.end for word in words)
    assert all(a.end <= b.start for a, b in pairwise(words))
    assert words[-1].end <= len(answer.audio) / answer.sample_rate
    longest = max(words, key=lambda word: word.end - word.start)
    assert longest.word == "$42.50"  # said in six


def test_words_hold_their_own_sounds(engine: Piper) -> None:
    """Also where the phonemizer joins words ("of the"), or says another form in a sentence."""
    answer = _speak(engine, "Two of the best books, e.g. a cheap one, cost 42 dollars.")
    timings = _timings(answer)

    def sounds(word: SpokenWord) -> str:
        return "".join(t.phoneme for t in timings if word.start <= t.start < word.end)

    heard = {word.word: sounds(word).replace("ˈ", "").replace("ˌ", "") for word in _words(answer)}
    expected = {"Two": "t", "of": "ʌv", "the": "ð", "best": "b", "books": "b", "e.g": "f", "a": "ɐ",
                "cheap": "tʃ", "one": "w", "cost": "k", "42": "f", "dollars": "d"}  # fmt: skip
    assert {word: sound[: len(expected[word])] for word, sound in heard.items()} == expected


def test_pauses_are_in_no_word(engine: Piper) -> None:
    """What is heard between two sentences is silence."""
    answer = _speak(engine)
    there, church = _words(answer)[1:3]
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
    answer = _speak(engine, text, speed=4)
    words = _words(answer)
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
    answer = _speak(engine, "Appa appa appa appa.")
    audio = answer.audio.astype(float)

    def loudness(timing: Timing) -> float:
        start, end = (int(at * answer.sample_rate) for at in (timing.start, timing.end))
        return float(np.sqrt(np.mean(audio[start:end] ** 2)))

    timings = _timings(answer)
    lips = [loudness(t) for t in timings if t.viseme == "PP"]
    vowels = [loudness(t) for t in timings if t.viseme == "aa"]
    assert len(lips) >= 4
    assert np.mean(lips) < 0.5 * np.mean(vowels)


def test_every_phoneme_of_the_voice_has_a_shape(voice: Voice) -> None:
    """No symbol that the voice can say is unknown to the viseme table."""
    assert [symbol for symbol in voice._ids if viseme_of(symbol) is None] == []


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_same_seed_same_audio(engine: Piper, seed: int) -> None:
    """A request gives the same samples each time, whatever was spoken between."""
    first = _speak(engine, seed=seed)
    _speak(engine, "Something else.", seed=3)
    again = _speak(engine, seed=seed)
    assert np.array_equal(first.audio, again.audio)
    assert first.timings == again.timings


def test_another_seed_is_another_prosody(engine: Piper) -> None:
    """Seeds change rhythm, not only the samples."""
    assert _speak(engine, seed=1).timings != _speak(engine, seed=2).timings


def test_speed_scales_the_length(engine: Piper) -> None:
    """Twice as fast is about half as long; frames are whole, so not exactly."""
    slow, plain, fast = (len(_speak(engine, speed=speed).audio) for speed in (0.5, 1, 2))
    assert 1.6 < slow / plain < 2.2
    assert 1.5 < plain / fast < 2.2


def test_markdown_is_not_read_aloud(engine: Piper) -> None:
    """Marks change nothing about how a sentence sounds."""
    assert np.array_equal(
        _speak(engine, "**Paris** is _nice_.").audio, _speak(engine, "Paris is nice.").audio
    )


@pytest.mark.parametrize("text", ["", " \n", "🙂", "…", "!!!", "\x00"])
def test_nothing_to_say_is_refused(engine: Piper, text: str) -> None:
    """Silence is an error that says so, not an empty sound."""
    assert isinstance(_refusal(engine, TtsRequest(text=text)), TextEmpty)


def test_text_is_bounded(engine: Piper) -> None:
    """2,001 characters are refused, whatever they are."""
    error = _refusal(engine, TtsRequest(text="a" * 2001))
    assert isinstance(error, TextTooLong)
    assert "2,000" in error.message


@pytest.mark.parametrize("speed", [0.0, 0.24, 4.01, -1.0, float("nan"), float("inf")])
def test_speed_is_bounded(engine: Piper, speed: float) -> None:
    """Speeds that no one could follow, or that are no number, are refused."""
    error = _refusal(engine, TtsRequest(text="hi", speed=speed))
    assert isinstance(error, ParameterOutOfRange)
    assert "0.25 to 4" in error.message


def test_an_unknown_voice_is_told_the_known_ones(engine: Piper) -> None:
    """The refusal lists the voices there are."""
    error = _refusal(engine, TtsRequest(text="hi", voice="zoe"))
    assert isinstance(error, UnknownVoice)
    assert "joe" in error.message


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
    assert np.abs(_speak(engine, text, speed=4).audio).max() > 0


def test_a_bad_request_does_not_spoil_its_neighbours(engine: Piper) -> None:
    """Each request of a batch is answered in its place, and sounds as it does alone."""
    texts = ["A longer sentence comes first.", "", "Short."]
    first, bad, last = engine.speak([TtsRequest(text=text) for text in texts])
    assert isinstance(bad, TextEmpty)
    assert isinstance(first, TtsResponse)
    assert isinstance(last, TtsResponse)
    assert np.array_equal(first.audio, _speak(engine, texts[0]).audio)
    assert np.array_equal(last.audio, _speak(engine, texts[2]).audio)


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


def test_several_voices_are_told_apart(folder: Path, tmp_path: Path) -> None:
    """Each folder is a voice of its own name; the first is the default."""
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    (config_path,) = other.glob("*.json")
    config = json.loads(config_path.read_text())
    config["dataset"] = "moe"
    config_path.write_text(json.dumps(config))
    engine = Piper([folder, other])
    assert engine.voices == ("joe", "moe")
    named = engine.speak([TtsRequest(text="Hi.", voice="moe"), TtsRequest(text="Hi.")])
    assert all(isinstance(answer, TtsResponse) for answer in named)
    with pytest.raises(SetupError, match="already"):
        Piper([folder, folder])


def test_a_voice_that_tells_no_lengths_is_timed_evenly(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the graph hides its durations, timings still tile the audio."""
    from tritone.engines.tts import voice_files as module
    from tritone.engines.tts.voice_graph import OpenedVoice

    monkeypatch.setattr(module, "open_up", lambda model: OpenedVoice(model, False, None))
    engine = Piper(folder)
    answer = _speak(engine)
    timings = _timings(answer)
    assert timings[-1].end == pytest.approx(len(answer.audio) / answer.sample_rate, abs=1e-5)
    assert len(timings) > 20
    assert np.array_equal(_speak(engine, seed=5).audio, answer.audio)


def test_without_piper_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the GPL extra is told how to get it."""
    monkeypatch.setitem(sys.modules, "piper.phonemize_espeak", None)
    with pytest.raises(SetupError, match=r"tritone\[piper\]"):
        Piper(folder)


def test_missing_and_broken_weights_are_told_apart(folder: Path, tmp_path: Path) -> None:
    """No voice, half a voice and a voice that is none each say so."""
    with pytest.raises(WeightsMissing, match="holds 0 voices"):
        Piper(tmp_path)
    (tmp_path / "a.onnx").write_bytes(b"no model")
    with pytest.raises(WeightsMissing, match=r"a\.onnx\.json"):
        Piper(tmp_path)
    (config,) = folder.glob("*.json")
    shutil.copy(config, tmp_path / "a.onnx.json")
    with pytest.raises(WeightsCorrupt, match=r"a\.onnx"):
        Piper(tmp_path)
    (tmp_path / "a.onnx.json").write_text("{}")
    with pytest.raises(WeightsCorrupt, match="configuration"):
        Piper(tmp_path)
