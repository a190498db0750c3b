"""Speech as it is answered, in OpenAI's shape, and with timings, which OpenAI does not have.

https://platform.openai.com/docs/api-reference/audio/speech-audio-delta-event
"""

import base64
import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Annotated, Final, TypeVar

import msgspec

from edge.wire.speech import Granularity
from tritone.media.encode import AudioFormat
from tritone.messages import SpokenWord, Timing
from tritone.usecases.speech import SpokenClause

__all__ = [
    "AudioDelta",
    "AudioDone",
    "SpeechTimings",
    "SpeechWhole",
    "deltas",
    "timings",
    "usage",
    "whole",
]

T = TypeVar("T")

_DELTA_BYTES: Final = 24_576
"""Of audio in one event, so that a client need not hold a long sentence to read one line."""
_TOKENS_A_SECOND: Final = 20

_encoder: Final = msgspec.json.Encoder()


class SpeechTimings(
    msgspec.Struct, frozen=True, kw_only=True, tag="speech.audio.timings", omit_defaults=True
):
    """When words and mouth shapes of the audio that follows are; only those asked for."""

    words: tuple[SpokenWord, ...] | None = None
    visemes: tuple[Timing, ...] | None = None


class AudioDelta(msgspec.Struct, frozen=True, kw_only=True, tag="speech.audio.delta"):
    """The next bytes of the file."""

    audio: Annotated[str, msgspec.Meta(description="Base64.")]


class SpeechUsage(msgspec.Struct, frozen=True, kw_only=True):
    """Voices here have no tokens. Characters are counted of the text, and of the audio twentieths
    of a second.
    """

    input_tokens: int
    output_tokens: int
    total_tokens: int


class AudioDone(msgspec.Struct, frozen=True, kw_only=True, tag="speech.audio.done"):
    """The file is whole."""

    usage: SpeechUsage


class SpeechWhole(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The speech as one object."""

    audio: Annotated[str, msgspec.Meta(description="Base64 of the file.")]
    format: AudioFormat
    sample_rate: Annotated[int, msgspec.Meta(description="Hz.")]
    duration: Annotated[float, msgspec.Meta(description="Seconds.")]
    words: tuple[SpokenWord, ...] | None = None
    visemes: tuple[Timing, ...] | None = None


def timings(clause: SpokenClause, wanted: list[Granularity]) -> SpeechTimings:
    """Those of a clause that were asked for."""
    return SpeechTimings(
        words=clause.words if "word" in wanted else None,
        visemes=clause.visemes if "viseme" in wanted else None,
    )


def whole(
    clauses: list[SpokenClause],
    kind: AudioFormat,
    sample_rate: int,
    file: bytes,
    wanted: list[Granularity],
) -> bytes:
    """A `SpeechWhole` as JSON."""
    found = [timings(clause, wanted) for clause in clauses]
    return _encoder.encode(
        SpeechWhole(
            audio=base64.b64encode(file).decode(),
            format=kind,
            sample_rate=sample_rate,
            duration=round(clauses[-1].start + clauses[-1].duration, 6),
            words=_joined(each.words for each in found),
            visemes=_joined(each.visemes for each in found),
        )
    )


def _joined(parts: Iterable[tuple[T, ...] | None]) -> tuple[T, ...] | None:
    """All of them in one row; None where there are none to be had."""
    given = [part for part in parts if part is not None]
    return tuple(itertools.chain.from_iterable(given)) if given else None


def deltas(audio: bytes) -> Iterator[AudioDelta]:
    """Bytes of a file as events."""
    for start in range(0, len(audio), _DELTA_BYTES):
        piece = audio[start : start + _DELTA_BYTES]
        yield AudioDelta(audio=base64.b64encode(piece).decode())


def usage(text: str, seconds: float) -> SpeechUsage:
    """What a text and its audio count as."""
    spoken = math.ceil(seconds * _TOKENS_A_SECOND)
    return SpeechUsage(
        input_tokens=len(text), output_tokens=spoken, total_tokens=len(text) + spoken
    )
