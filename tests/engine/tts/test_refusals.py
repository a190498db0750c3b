"""Piper with a real voice: what it does not say."""

import pytest

from tritone.contract import TtsRequest
from tritone.engines.tts.piper import Piper
from tritone.errors import ParameterOutOfRange, TextEmpty, TextTooLong, TritoneError, UnknownVoice

pytestmark = pytest.mark.engine


def _refusal(engine: Piper, request: TtsRequest) -> TritoneError:
    (answer,) = engine.speak([request])
    assert isinstance(answer, TritoneError)
    return answer


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
