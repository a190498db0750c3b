"""Reading a recording without blocking the event loop."""

import asyncio
import contextlib
import io
import threading

import numpy as np
import pytest

from tests.unit import media_kit as kit
from tritone.errors import AudioEmpty, AudioUndecodable
from tritone.media.reading import opened, read
from tritone.media.wav import wav_header

pytestmark = pytest.mark.unit


class Slow(io.BytesIO):
    """A file that waits in its reads from some place on."""

    def __init__(self, data: bytes, wait_from: int):
        super().__init__(data)
        self.wait_from = wait_from
        self.waiting = threading.Event()
        self.go_on = threading.Event()

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self.wait_from and not self.go_on.is_set():
            self.waiting.set()
            assert self.go_on.wait(60)
        return super().read(size)


async def test_chunks_are_those_of_the_recording():
    """In the same order, and whole."""
    file = kit.recording("mp3")
    async with opened(io.BytesIO(file)) as recording:
        chunks = [chunk async for chunk in read(recording, 0.5)]
    assert [len(chunk) for chunk in chunks] == [8000] * 4
    assert np.array_equal(np.concatenate(chunks), kit.heard(file))


async def test_refusals_come_through():
    """At the opening, and while reading."""
    with pytest.raises(AudioUndecodable):
        async with opened(io.BytesIO(b"no recording")):
            pass
    async with opened(io.BytesIO(wav_header(16_000, 0))) as recording:
        with pytest.raises(AudioEmpty):
            await anext(read(recording))


async def test_a_cancelled_reader_leaves_at_once():
    """Its step ends by itself, and closing does not wait for it."""
    file = Slow(wav_header(16_000, 16_000 * 60) + bytes(2 * 16_000 * 60), wait_from=900_000)
    steps = []

    async def reader() -> None:
        async with (
            opened(file) as recording,
            contextlib.aclosing(read(recording, 1.0)) as chunks,
        ):
            async for chunk in chunks:
                steps.append(len(chunk))  # noqa: PERF401 - those before the cancel count

    task = asyncio.create_task(reader())
    assert await asyncio.to_thread(file.waiting.wait, 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not file.go_on.is_set()
    file.go_on.set()
    assert 0 < len(steps) < 60


async def test_the_loop_goes_on_while_a_step_blocks():
    """A step that waits for its file does not stop others, who may be what it waits for."""
    file = Slow(kit.recording("wav"), wait_from=0)

    async def feed() -> None:
        assert await asyncio.to_thread(file.waiting.wait, 60)
        file.go_on.set()

    feeding = asyncio.create_task(feed())
    async with opened(file) as recording:
        assert sum([len(chunk) async for chunk in read(recording)]) == 32_000
    await feeding
