"""What the tests of the command line share: a client that plays a script, and settings."""

import json
import wave
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from tritone import messages
from tritone.cli import connection
from tritone.cli.main import app
from tritone.contract import MODELS, LlmResponse, Model, SttResponse, TtsResponse, VoiceResponse
from tritone.errors import TritoneError
from tritone.messages import AudioChunk, Done, TextDelta, Timing, Transcript, Usage
from tritone.settings import settings

RATE = 22_050


class ScriptedClient:
    """Stands in for `tritone.client.Client`: answers by model name, or fails.

    Attributes:
        asked: the requests, as (model name, request).
        closed: whether the last stream was closed before its end.
    """

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Any]] = []
        self.is_ready = True
        self.closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        return None

    async def ready(self, model: Model[Any, Any] | None = None) -> bool:
        return self.is_ready and (model is None or model.name in self.answers)

    async def infer(self, model: Model[Any, Any], request: Any, **_: Any) -> Any:
        return self._take(model, request)

    async def stream(self, model: Model[Any, Any], request: Any, **_: Any) -> AsyncIterator[Any]:
        try:
            for item in self._take(model, request):
                if isinstance(item, BaseException):
                    raise item
                yield item
        except GeneratorExit:
            self.closed = True
            raise

    def _take(self, model: Model[Any, Any], request: Any) -> Any:
        assert model in MODELS
        self.asked.append((model.name, request))
        answer = self.answers[model.name]
        if isinstance(answer, TritoneError):
            raise answer
        return answer

    def use(self, monkeypatch: pytest.MonkeyPatch) -> Self:
        """Makes every command talk with this client."""
        monkeypatch.setattr(connection, "connect", lambda _settings: self)
        return self


def isolate(monkeypatch: pytest.MonkeyPatch, folder: Path, **variables: str) -> None:
    """Settings that depend on nothing but `variables`; the current folder is `folder`."""
    import os

    for name in os.environ:
        if name.startswith("TRITONE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRITONE_HOME", str(folder / "home"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    settings.cache_clear()


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    """Runs the command line."""
    return CliRunner().invoke(app, list(args), input=stdin)


def json_lines(result: Result) -> list[dict[str, Any]]:
    """The events of a command that ran with --json."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def recording(path: Path, seconds: float = 0.5, rate: int = 16_000) -> Path:
    """A quiet tone as a WAV file."""
    tone = np.sin(np.arange(int(seconds * rate)) / 20) * 8000
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, rate, 0, "NONE", ""))
        wav.writeframes(tone.astype("<i2").tobytes())
    return path


def samples(count: int, value: int = 1) -> Any:
    return np.full(count, value, np.int16)


def event(value: Any, audio: Any = None) -> VoiceResponse:
    return VoiceResponse(event=messages.encode(value), audio=audio)


def chunk(index: int, text: str, count: int, at: float) -> VoiceResponse:
    """An audio event with `count` samples of the value `index` + 1."""
    told = AudioChunk(
        index=index, text=text, sample_rate=RATE, duration=count / RATE, timings=(), at=at
    )
    return event(told, samples(count, index + 1))


def good_turn() -> list[VoiceResponse]:
    """The events of a turn of two clauses."""
    return [
        event(Transcript(text="What is it?", language="en", duration=1.0, at=0.1)),
        event(TextDelta(text="It is", at=0.2)),
        chunk(0, "It is", 100, 0.3),
        event(TextDelta(text=" four.", at=0.4)),
        chunk(1, "four.", 50, 0.5),
        event(Usage(prompt_tokens=30, completion_tokens=4, cached_tokens=20, at=0.5)),
        event(
            Done(
                text="It is four.",
                finish_reason="stop",
                heard_at=0.1,
                first_token_at=0.2,
                first_audio_at=0.3,
                last_token_at=0.4,
                at=0.5,
            )
        ),
    ]


def answer(*pieces: str, finish_reason: str = "stop") -> list[LlmResponse]:
    """A streamed answer."""
    last = LlmResponse(
        text_output=pieces[-1], finish_reason=finish_reason, prompt_tokens=9, completion_tokens=3
    )
    return [*(LlmResponse(text_output=piece) for piece in pieces[:-1]), last]


def speech(count: int = 2205) -> TtsResponse:
    timings: Sequence[Timing] = (Timing(phoneme="[h", viseme="sil", start=0.0, end=0.1),)
    return TtsResponse(audio=samples(count), sample_rate=RATE, timings=messages.encode(timings))


def heard(text: str, segments: str = "[]") -> SttResponse:
    return SttResponse(
        text=text,
        language="en",
        language_probability=1.0,
        duration=0.5,
        no_speech_prob=0.0,
        segments=segments,
    )


def read_wav(path: Path) -> tuple[int, Any]:
    with wave.open(str(path)) as wav:
        return wav.getframerate(), np.frombuffer(wav.readframes(wav.getnframes()), "<i2")
