"""Records a question: from the microphone until the speaker falls silent, or until Enter."""

import asyncio
import contextlib
import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from tritone import messages
from tritone.cli.output import Output
from tritone.cli.recordings import Recording
from tritone.cli.sound import sounddevice
from tritone.contract import SAMPLE_RATE, VAD, VadRequest
from tritone.errors import NoSpeech, SetupError
from tritone.messages import SpeechEvent

if TYPE_CHECKING:
    from tritone.client import Client

__all__ = ["MOST_SECONDS", "PATIENCE_SECONDS", "listen", "record"]

MOST_SECONDS: Final = 30.0
"""Length of a question."""
PATIENCE_SECONDS: Final = 8.0
"""How long nobody may say anything."""
_CHUNK: Final = 1536
"""Samples at a time: three frames of the voice activity model, 96 ms."""

Samples = npt.NDArray[np.float32]


async def record(client: "Client", out: Output) -> Recording:
    """Records one question; the server's `vad` model decides when it is over.

    Raises:
        SetupError: there is no microphone, or no library to reach it.
        NoSpeech: nobody said anything.
    """
    enter = asyncio.Event()
    waiting = out.working("speak now; silence or Enter ends it")
    with _microphone() as chunks, _on_enter(enter), waiting:
        samples = await listen(client, chunks, enter)
    return Recording(samples, SAMPLE_RATE)


async def listen(client: "Client", chunks: AsyncIterator[Samples], enter: asyncio.Event) -> Samples:
    """Collects 16 kHz `chunks` until speech ends, `enter` is set, or the time is up.

    Raises:
        NoSpeech: nobody said anything.
    """
    sequence = secrets.randbelow(2**31) + 1
    heard: list[Samples] = []
    samples, spoke, ended = 0, False, False
    async for chunk in chunks:
        first = not heard
        heard.append(chunk)
        samples += len(chunk)
        limit = MOST_SECONDS if spoke else PATIENCE_SECONDS
        over = enter.is_set() or samples >= limit * SAMPLE_RATE
        # The last chunk is marked, or the server would keep the stream's state until it times out.
        answer = await client.infer(
            VAD, VadRequest(audio=chunk), sequence=(sequence, first, over or ended)
        )
        if over or ended:
            break
        for event in messages.decode(tuple[SpeechEvent, ...], answer.events):
            spoke = True
            ended = event.type == "end"
    if not spoke and not enter.is_set():
        seconds = samples / SAMPLE_RATE
        raise NoSpeech(f"nobody spoke within {seconds:.0f} s: is the right microphone the default?")
    return np.concatenate(heard) if heard else np.zeros(0, np.float32)


@contextlib.contextmanager
def _microphone() -> Iterator[AsyncIterator[Samples]]:
    """The chunks of the default microphone."""
    library = sounddevice()
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[Samples] = asyncio.Queue()

    def take(block: Any, *_: object) -> None:  # called in PortAudio's thread
        loop.call_soon_threadsafe(arrived.put_nowait, block[:, 0].copy())

    async def chunks() -> AsyncIterator[Samples]:
        while True:
            yield await arrived.get()

    try:
        stream = library.InputStream(
            samplerate=SAMPLE_RATE, channels=1, dtype="float32", blocksize=_CHUNK, callback=take
        )
    except library.PortAudioError as error:
        raise SetupError(f"no microphone: {error}; pass a recording instead of --mic") from None
    with stream:
        yield chunks()


@contextlib.contextmanager
def _on_enter(event: asyncio.Event) -> Iterator[None]:
    """Sets `event` when a line is entered, where there is somebody to enter one."""
    if not sys.stdin.isatty():
        yield
        return

    def entered() -> None:
        sys.stdin.readline()
        event.set()

    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), entered)
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin.fileno())
