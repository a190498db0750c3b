"""Recordings whose words can be read off their samples, and a caller that does so.

Word number n is a plateau of the level (n + 100) / 2000; silence is 0. So the double knows exactly
what is said when, hears a word that was cut as another one, and needs no engine.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from tritone.contract import STT, VAD, SttRequest, SttResponse, VadRequest, VadResponse
from tritone.errors import InvalidInput, TritoneError
from tritone.messages import Segment, Word, encode
from tritone.usecases.transcription import Finished, Piece, Wishes, transcribe

RATE = 16_000
FRAME = 512
HALF = 0.6  # of a word that must be in an excerpt to be understood
SENTENCES = [(0.6, 0.4), (0.05, 0.3), (0.05, 0.5)] * 60  # two minutes


@dataclass
class Told:
    """A recording and what is said in it: words with start and end in seconds."""

    audio: np.ndarray
    words: list[tuple[str, float, float]]

    @property
    def text(self) -> str:
        return " ".join(word for word, _, _ in self.words)

    @property
    def seconds(self) -> float:
        return self.audio.size / RATE

    async def chunks(self, seconds: float = 10.0) -> AsyncIterator[np.ndarray]:
        size = round(seconds * RATE)
        for start in range(0, self.audio.size, size):
            await asyncio.sleep(0)
            yield self.audio[start : start + size]


def told(parts: Sequence[tuple[float, float]], after: float = 0.0) -> Told:
    """Silences and words in turn, as (seconds of silence, seconds of word)."""
    pieces, words, at = [], [], 0
    for number, (silence, length) in enumerate(parts):
        quiet, loud = round(silence * RATE), round(length * RATE)
        pieces += [np.zeros(quiet, np.float32), np.full(loud, _level(number), np.float32)]
        words.append((f"w{number}", (at + quiet) / RATE, (at + quiet + loud) / RATE))
        at += quiet + loud
    pieces.append(np.zeros(round(after * RATE), np.float32))
    return Told(np.concatenate(pieces), words)


def _level(number: int) -> float:
    return (number + 100) / 2000


@dataclass
class Ear:
    """A caller with a `vad` and an `stt` that read samples.

    Attributes:
        language: what it detects, and how surely.
        hold: excerpts from this one on wait for `go_on`.
        fail: errors, by the number of the excerpt.
        lose: chunks, by their number, at which `vad` fails, and with what.
    """

    language: tuple[str, float] = ("en", 0.9)
    hold: int | None = None
    fail: dict[int, TritoneError] = field(default_factory=dict)
    lose: dict[int, TritoneError] = field(default_factory=dict)
    space: str = " "
    asked: list[SttRequest] = field(default_factory=list)
    chunks: list[tuple[int, bool, bool]] = field(default_factory=list)
    pins: int = 0
    running: int = 0
    most_running: int = 0
    cancelled: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    open: set[int] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def pinned(self, model: Any) -> AsyncIterator["Ear"]:
        assert model is VAD
        self.pins += 1
        yield self

    async def infer(self, model: Any, request: Any, *, sequence: Any = None, **_: Any) -> Any:
        if model is VAD:
            return self._frames(request, sequence)
        assert model is STT
        return await self._hear(request)

    def _frames(self, request: VadRequest, sequence: tuple[int, bool, bool]) -> VadResponse:
        number = len(self.chunks)
        self.chunks.append(sequence)
        stream, start, end = sequence
        if number in self.lose:
            self.open.clear()
            raise self.lose[number]
        if start:
            self.open.add(stream)
        if stream not in self.open:
            raise InvalidInput(f"stream {stream} is not open")
        if end:
            self.open.discard(stream)
        assert request.audio.size % FRAME == 0
        loud = np.abs(request.audio).reshape(-1, FRAME).mean(axis=1) > 0.02
        edges = np.diff(request.audio.reshape(-1, FRAME), axis=1).any(axis=1)
        found = np.where(loud, np.where(edges, 0.7, 0.95), 0.02).astype(np.float32)
        return VadResponse(probability=found, speaking=False, events="[]")

    async def _hear(self, request: SttRequest) -> SttResponse:
        number = len(self.asked)
        self.asked.append(request)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(0)
            if self.hold is not None and number >= self.hold:
                self.held.set()
                await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        if number in self.fail:
            raise self.fail[number]
        return self._written(request)

    def _written(self, request: SttRequest) -> SttResponse:
        words = [_word(*run) for run in _runs(request.audio)]
        segments = [
            Segment(
                start=some[0].start,
                end=some[-1].end,
                text=self.space.join(word.word for word in some),
                no_speech_prob=0.01,
                avg_logprob=-0.1,
                compression_ratio=1.0,
                temperature=0.0,
                tokens=tuple(range(len(some))),
                words=tuple(some) if request.word_timestamps else (),
            )
            for some in (words[i : i + 8] for i in range(0, len(words), 8))
        ]
        detected, sure = self.language if words else ("", 0.0)
        return SttResponse(
            text=self.space.join(segment.text for segment in segments),
            language=request.language or detected,
            language_probability=1.0 if request.language else sure,
            duration=request.audio.size / RATE,
            no_speech_prob=0.01 if words else 0.99,
            segments=encode(segments),
        )


async def written(
    ear: Ear, recording: Told, wishes: Wishes | None = None, chunk: float = 10.0, **options: Any
) -> tuple[list[Piece], Finished]:
    """The pieces and the end."""
    pieces = [
        piece
        async for piece in transcribe(
            ear, STT, recording.chunks(chunk), wishes or Wishes(), **options
        )
    ]
    *before, end = pieces
    assert isinstance(end, Finished)
    assert all(isinstance(piece, Piece) for piece in before)
    return before, end


async def settled() -> None:
    """Lets everything run that can: nothing here waits for anything but turns."""
    for _ in range(2000):
        await asyncio.sleep(0)


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _runs(audio: np.ndarray) -> list[tuple[float, int, int]]:
    """Plateaus that are not silence: level, start, end."""
    edges = [0, *(np.flatnonzero(np.diff(audio)) + 1).tolist(), audio.size]
    return [(float(audio[a]), a, b) for a, b in pairwise(edges) if b > a and audio[a] > 0]


def _word(level: float, start: int, end: int) -> Word:
    """A plateau as a word; what is too short to be a whole one is misheard."""
    number = round(level * 2000) - 100
    name = f"w{number}" if end - start >= HALF * 0.2 * RATE else "mm"
    return Word(word=name, start=start / RATE, end=end / RATE, probability=0.9)
