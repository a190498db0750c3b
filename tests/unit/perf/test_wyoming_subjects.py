"""Subjects that speak Wyoming, against servers made with the protocol's own library."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.server import AsyncEventHandler, AsyncServer
from wyoming.tts import Synthesize

from perf.bench.corpus.waves import write
from perf.bench.peers.wyoming import describes
from perf.bench.subjects.base import Item, Options
from perf.bench.subjects.wyoming_stt import WyomingStt
from perf.bench.subjects.wyoming_tts import WyomingTts
from tritone.errors import Internal

pytestmark = pytest.mark.unit

RATE = 20_000
SHAPE = {"rate": RATE, "width": 2, "channels": 1}


class Double(AsyncEventHandler):
    """Transcribes by counting bytes, and speaks half a second for each word."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.heard = b""

    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self.write_event(Info().event())
        elif AudioChunk.is_type(event.type):
            self.heard += AudioChunk.from_event(event).audio
        elif AudioStop.is_type(event.type):
            await self.write_event(Transcript(text=f" {len(self.heard)} bytes ").event())
            return False
        elif Synthesize.is_type(event.type):
            await self._speak(Synthesize.from_event(event).text)
        return True

    async def _speak(self, text: str) -> None:
        if text == "fail":
            await self.write_event(Error(text="no such voice").event())
            return
        await self.write_event(AudioStart(**SHAPE).event())
        for _ in text.split():
            await self.write_event(AudioChunk(audio=bytes(RATE), **SHAPE).event())
        await self.write_event(AudioStop().event())


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[str]:
    """A server on a free port; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = AsyncServer.from_uri(f"tcp://127.0.0.1:{port}")
    await server.start(partial(Double))
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop()


async def test_a_server_describes_itself():
    """Whether a server answers is asked in its own protocol; nobody there is a no."""
    async with served() as address:
        port = int(address.rpartition(":")[2])
        assert await asyncio.to_thread(describes, port)
    assert not await asyncio.to_thread(describes, port)


async def test_stt(tmp_path: Path):
    """A recording is sent whole, and its transcript comes without the spaces around it."""
    path = tmp_path / "silence.wav"
    write(path, np.zeros(16_000, np.int16))
    subject = WyomingStt()
    async with served() as address:
        await subject.open(Options(wyoming_stt=address))
        answer = await subject.one(Item(kind="speech", text="", path=str(path)))
        await subject.close()
    assert answer.extra["text"] == "32000 bytes"
    assert answer.first is None


async def test_tts():
    """The first chunk is the first audio, and all chunks are what was made."""
    subject = WyomingTts()
    async with served() as address:
        await subject.open(Options(wyoming_tts=address))
        answer = await subject.one(Item(kind="text", text="three short words"))
        await subject.close()
    assert answer.units == pytest.approx(1.5)
    assert answer.first is not None
    assert answer.first <= answer.last


async def test_an_error_event():
    """An error that the server sends is an error."""
    subject = WyomingTts()
    async with served() as address:
        await subject.open(Options(wyoming_tts=address))
        with pytest.raises(Internal, match="no such voice"):
            await subject.one(Item(kind="text", text="fail"))
