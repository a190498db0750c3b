"""Text of any length spoken, clause by clause, each as soon as it can be heard."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from tritone import messages
from tritone.calls import Caller
from tritone.contract import Model, TtsRequest, TtsResponse
from tritone.errors import (
    Internal,
    InvalidInput,
    ParameterOutOfRange,
    TextEmpty,
    TextTooLong,
    UnknownVoice,
)
from tritone.messages import SpokenWord, Timing
from tritone.pipelines.clauses import ClauseSplitter

__all__ = ["FASTEST", "MOST_CHARS", "SLOWEST", "SpeechRequest", "SpokenClause", "clauses", "speak"]

Tts = Model[TtsRequest, TtsResponse]
Timed = TypeVar("Timed", SpokenWord, Timing)

MOST_CHARS: Final = 16_384
"""Of one text: some twenty minutes of speech."""
SLOWEST: Final = 0.25
FASTEST: Final = 4.0
_STEP: Final = 64
"""Characters given to the splitter at a time. It takes a text for one that is being written, so
that a longer first sentence is begun at its first comma, and no clause outgrows the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechRequest:
    """What to say, and how. An empty voice is the default one; speed is 0.25 to 4."""

    text: str
    voice: str = ""
    speed: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenClause:
    """The next piece of the speech. Times are seconds from the start of the whole."""

    text: str
    audio: npt.NDArray[np.int16]
    """Mono PCM, shape (samples,)."""
    sample_rate: int
    """Hz, the same for every clause."""
    start: float
    words: tuple[SpokenWord, ...]
    visemes: tuple[Timing, ...]

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.audio) / self.sample_rate


def clauses(text: str) -> list[str]:
    """The pieces that a text is spoken in."""
    splitter = ClauseSplitter()
    found = []
    for start in range(0, len(text), _STEP):
        found += splitter.feed(text[start : start + _STEP])
    return found + splitter.flush()


async def speak(
    caller: Caller, model: Tts, request: SpeechRequest
) -> AsyncGenerator[SpokenClause, None]:
    """Speaks a text. While one clause is dealt with, the next one is being spoken, and no more.

    Closing the generator cancels what is being spoken.

    Raises:
        TextEmpty: there is nothing in the text that can be said.
        TextTooLong: it exceeds `MOST_CHARS`.
        ParameterOutOfRange, UnknownVoice: the speed or the voice is none.
    """
    waiting = deque(_checked(request))
    start, rate = 0.0, 0
    async with contextlib.aclosing(_ahead(caller, model, request, waiting)) as answers:
        async for clause, spoken in answers:
            if rate not in (0, spoken.sample_rate):
                raise Internal(f"the voice changed from {rate} to {spoken.sample_rate} Hz")
            rate = spoken.sample_rate
            yield SpokenClause(
                text=clause,
                audio=spoken.audio,
                sample_rate=rate,
                start=start,
                words=_later(messages.decode(tuple[SpokenWord, ...], spoken.words), start),
                visemes=_later(messages.decode(tuple[Timing, ...], spoken.timings), start),
            )
            start += len(spoken.audio) / rate
    if not rate:
        raise TextEmpty("nothing in the text can be pronounced", param="input")


def _checked(request: SpeechRequest) -> list[str]:
    """The clauses of a request that makes sense."""
    if len(request.text) > MOST_CHARS:
        raise TextTooLong(
            f"the text has {len(request.text):,} characters, at most {MOST_CHARS:,} are spoken: "
            "send it in parts",
            param="input",
        )
    if not request.text.strip():
        raise TextEmpty("the text is empty", param="input")
    if not SLOWEST <= request.speed <= FASTEST:
        raise ParameterOutOfRange(
            f"speed is {request.speed:g}, expected {SLOWEST:g} to {FASTEST:g}", param="speed"
        )
    return clauses(request.text)


async def _ahead(
    caller: Caller, model: Tts, request: SpeechRequest, waiting: deque[str]
) -> AsyncGenerator[tuple[str, TtsResponse], None]:
    """Each clause with its audio, one call ahead of whoever takes them; silent ones left out."""
    running: asyncio.Task[TtsResponse | None] | None = None
    try:
        clause, running = _next(caller, model, request, waiting)
        while running is not None:
            spoken, said = await running, clause
            clause, running = _next(caller, model, request, waiting)
            if spoken is not None:
                yield said, spoken
    finally:
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def _next(
    caller: Caller, model: Tts, request: SpeechRequest, waiting: deque[str]
) -> tuple[str, asyncio.Task[TtsResponse | None] | None]:
    if not waiting:
        return "", None
    clause = waiting.popleft()
    return clause, asyncio.ensure_future(_say(caller, model, request, clause))


async def _say(
    caller: Caller, model: Tts, request: SpeechRequest, clause: str
) -> TtsResponse | None:
    """One clause's audio; None where it holds only signs, such as "***" between two chapters."""
    sent = TtsRequest(
        text=clause, voice=request.voice, speed=request.speed, random_seed=request.seed
    )
    try:
        return await caller.infer(model, sent)
    except TextEmpty:
        return None
    except InvalidInput as error:
        error.param = error.param or ("voice" if isinstance(error, UnknownVoice) else "input")
        raise


def _later(times: tuple[Timed, ...], by: float) -> tuple[Timed, ...]:
    """The same, `by` seconds later."""
    return tuple(
        msgspec.structs.replace(
            timed, start=round(timed.start + by, 6), end=round(timed.end + by, 6)
        )
        for timed in times
    )
