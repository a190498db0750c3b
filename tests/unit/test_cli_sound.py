"""`--mic` and `--play`: a microphone and a loudspeaker, or a clear error."""

import asyncio
import builtins
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.unit.cli_kit import RATE, ScriptedClient, good_turn, isolate, recording, run
from tritone import messages
from tritone.cli import microphone
from tritone.cli.loudspeaker import Loudspeaker
from tritone.contract import VadResponse
from tritone.errors import NoSpeech
from tritone.messages import SpeechEvent

pytestmark = pytest.mark.unit

CHUNK = np.zeros(1600, np.float32)


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)


class Detector(ScriptedClient):
    """A `vad` whose events come at given chunks; keeps each call's sequence."""

    def __init__(self, **events: int) -> None:
        super().__init__()
        self._at = {chunk: kind for kind, chunk in events.items()}
        self.sequences: list[tuple[int, bool, bool]] = []

    async def infer(self, model: Any, request: Any, *, sequence: Any, **_: Any) -> VadResponse:
        kind = self._at.get(len(self.sequences))
        self.sequences.append(sequence)
        events = [SpeechEvent(type=kind, at=0.1)] if kind else []
        return VadResponse(
            probability=np.zeros(1, np.float32), speaking=False, events=messages.encode(events)
        )


async def _chunks(count: int = 1000) -> AsyncIterator[Any]:
    for _ in range(count):
        yield CHUNK


async def test_recording_ends_with_the_speech() -> None:
    """The server's detector ends it; its stream is opened once and closed once."""
    client = Detector(start=2, end=5)
    samples = await microphone.listen(client, _chunks(), asyncio.Event())
    assert len(samples) == 7 * len(CHUNK)
    assert len({number for number, _, _ in client.sequences}) == 1
    assert [start for _, start, _ in client.sequences] == [True] + [False] * 6
    assert [end for _, _, end in client.sequences] == [False] * 6 + [True]


async def test_enter_ends_the_recording() -> None:
    """Enter sends what there is, whatever the detector thinks."""
    enter = asyncio.Event()
    enter.set()
    samples = await microphone.listen(Detector(), _chunks(), enter)
    assert len(samples) == len(CHUNK)


async def test_nobody_speaks() -> None:
    """After some seconds of silence it gives up and says so."""
    client = Detector()
    with pytest.raises(NoSpeech, match="microphone"):
        await microphone.listen(client, _chunks(), asyncio.Event())
    assert len(client.sequences) == microphone.PATIENCE_SECONDS * 10


async def test_recording_has_a_longest_length() -> None:
    """Whoever never stops speaking is heard up to the limit."""
    samples = await microphone.listen(Detector(start=1), _chunks(), asyncio.Event())
    assert len(samples) == microphone.MOST_SECONDS * 16_000


def _missing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **more: Any) -> Any:
        if name == "sounddevice":
            raise error
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        (ImportError("none"), "pip install 'tritone[mic]'"),
        (OSError("PortAudio library not found"), "libportaudio2"),
    ],
)
def test_without_the_library(monkeypatch: pytest.MonkeyPatch, error: Exception, fix: str) -> None:
    """What to install is in the message, and the exit code is that of a setup problem."""
    ScriptedClient(voice=good_turn()).use(monkeypatch)
    _missing(monkeypatch, error)
    result = run("talk", "--mic")
    assert (result.exit_code, fix in result.stderr) == (5, True)
    recording(Path("q.wav"))
    assert run("talk", "q.wav", "--play").exit_code == 5


class FakeSound(ModuleType):
    """A `sounddevice` whose devices are lists."""

    class PortAudioError(Exception):
        pass

    def __init__(self, *, device: bool) -> None:
        super().__init__("sounddevice")
        self.device = device
        self.played: list[int] = []
        self.rates: list[int] = []

    def query_devices(self, kind: str) -> dict[str, str]:
        if not self.device:
            raise self.PortAudioError("Error querying device -1")
        return {"name": "fake"}

    def InputStream(self, **_: Any) -> Any:  # noqa: N802 - its name
        raise self.PortAudioError("Error querying device -1")

    def OutputStream(self, *, samplerate: int, **_: Any) -> Any:  # noqa: N802 - its name
        fake = self

        class Stream:
            def start(self) -> None:
                fake.rates.append(samplerate)

            def write(self, samples: Any) -> None:
                fake.played.append(len(samples))

            def stop(self) -> None: ...

            def close(self) -> None: ...

            def abort(self) -> None: ...

        return Stream()


def test_without_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without devices says so instead of failing somewhere inside."""
    ScriptedClient(voice=good_turn()).use(monkeypatch)
    monkeypatch.setitem(sys.modules, "sounddevice", FakeSound(device=False))
    result = run("talk", "--mic")
    assert (result.exit_code, "no microphone" in result.stderr) == (5, True)
    recording(Path("q.wav"))
    result = run("talk", "q.wav", "--play")
    assert (result.exit_code, "no loudspeaker" in result.stderr) == (5, True)


def test_play_plays_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clauses are played, at the reply's rate, before the command ends."""
    sound = FakeSound(device=True)
    monkeypatch.setitem(sys.modules, "sounddevice", sound)
    ScriptedClient(voice=good_turn()).use(monkeypatch)
    recording(Path("q.wav"))
    assert run("talk", "q.wav", "--play").exit_code == 0
    assert (sound.played, sound.rates) == ([100, 50], [RATE])


def test_nothing_to_play(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn without audio opens no device."""
    sound = FakeSound(device=True)
    monkeypatch.setitem(sys.modules, "sounddevice", sound)
    with Loudspeaker():
        pass
    assert sound.rates == []
