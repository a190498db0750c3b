"""A text to say, and what is told of its sound."""

from tritone.contract import TtsRequest, TtsResponse
from tritone.engines.tts.piper import Piper
from tritone.messages import SpokenWord, Timing, decode

TEXT = "Hello there, Church of the judge. How are you today?"


def speak(engine: Piper, text: str = TEXT, speed: float = 1.0, seed: int = 0) -> TtsResponse:
    request = TtsRequest(text=text, speed=speed, random_seed=seed)
    (answer,) = engine.speak([request])
    assert isinstance(answer, TtsResponse), answer
    return answer


def timings_of(answer: TtsResponse) -> tuple[Timing, ...]:
    return decode(tuple[Timing, ...], answer.timings)  # type: ignore[no-any-return]


def words_of(answer: TtsResponse) -> tuple[SpokenWord, ...]:
    return decode(tuple[SpokenWord, ...], answer.words)  # type: ignore[no-any-return]
