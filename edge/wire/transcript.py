"""Transcripts in OpenAI's shapes: https://platform.openai.com/docs/api-reference/audio."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from edge.wire.languages import name_of
from edge.wire.subtitles import srt, vtt
from edge.wire.transcription import Format, TranscriptionBody
from tritone.messages import Segment
from tritone.usecases.transcription import Finished, Piece

__all__ = [
    "MEDIA_TYPES",
    "Task",
    "TextDelta",
    "TextDone",
    "Transcription",
    "TranscriptionVerbose",
    "delta",
    "done",
    "encode",
]

MEDIA_TYPES: Final[dict[Format, str]] = {
    "json": "application/json",
    "verbose_json": "application/json",
    "text": "text/plain",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt",
}
Task = Literal["transcribe", "translate"]


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """What was worked through."""

    type: Literal["duration"] = "duration"
    seconds: float


class Transcription(msgspec.Struct, frozen=True, kw_only=True):
    """The transcript of a recording."""

    text: str
    usage: Duration


class TranscribedSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence or a few."""

    id: int
    seek: Annotated[int, msgspec.Meta(description="Hundredths of a second at which it starts.")]
    start: float
    end: float
    text: str
    tokens: tuple[int, ...]
    temperature: float
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float


class TranscribedWord(msgspec.Struct, frozen=True, kw_only=True):
    """A word with its punctuation."""

    word: str
    start: float
    end: float


class TranscriptionVerbose(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The transcript with times."""

    task: Task
    language: Annotated[str, msgspec.Meta(description="English name; empty if nobody speaks.")]
    duration: float
    text: str
    segments: list[TranscribedSegment] | None = None
    words: list[TranscribedWord] | None = None
    usage: Duration


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a recording is done, in seconds; not in OpenAI's API."""

    processed: float
    duration: float | None


class TextDelta(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="transcript.text.delta"
):
    """More of the text, while the recording is heard."""

    delta: str
    progress: Progress


class TextDone(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="type",
    tag="transcript.text.done",
):
    """The whole text, last. With `verbose_json` also what that has.

    OpenAI's `usage` counts tokens here, of which there are none; the length is in `duration`.
    """

    text: str
    duration: float
    language: str | None = None
    segments: list[TranscribedSegment] | None = None
    words: list[TranscribedWord] | None = None


def delta(piece: Piece) -> TextDelta:
    """A piece as an event."""
    total = None if piece.duration is None else round(piece.duration, 3)
    return TextDelta(
        delta=piece.text, progress=Progress(processed=round(piece.processed, 3), duration=total)
    )


def done(body: TranscriptionBody, task: Task, text: str, made: "Made", end: Finished) -> TextDone:
    """The last event."""
    if body.response_format != "verbose_json":
        return TextDone(text=text, duration=_usage(end).seconds)
    whole = _verbose(body, task, text, made, end)
    return TextDone(
        text=text,
        duration=whole.duration,
        language=whole.language,
        segments=whole.segments,
        words=whole.words,
    )


Made = Sequence[Segment]


def encode(body: TranscriptionBody, task: Task, text: str, made: Made, end: Finished) -> bytes:
    """The whole answer, in the format asked for.

    Args:
        body: the request.
        task: which of the two it was.
        text: the transcript.
        made: its segments.
        end: language and duration.
    """
    match body.response_format:
        case "text":
            return f"{text}\n".encode()
        case "srt":
            return srt(made).encode()
        case "vtt":
            return vtt(made).encode()
        case "verbose_json":
            return msgspec.json.encode(_verbose(body, task, text, made, end))
        case _:
            return msgspec.json.encode(Transcription(text=text, usage=_usage(end)))


def _usage(end: Finished) -> Duration:
    return Duration(seconds=round(end.duration, 3))


def _verbose(
    body: TranscriptionBody, task: Task, text: str, made: Made, end: Finished
) -> TranscriptionVerbose:
    language = "en" if task == "translate" else end.language
    return TranscriptionVerbose(
        task=task,
        language=name_of(language),
        duration=round(end.duration, 3),
        text=text,
        segments=[_segment(i, each) for i, each in enumerate(made)]
        if body.segments_wanted
        else None,
        words=[
            TranscribedWord(word=word.word, start=word.start, end=word.end)
            for each in made
            for word in each.words
        ]
        if body.words_wanted
        else None,
        usage=_usage(end),
    )


def _segment(number: int, segment: Segment) -> TranscribedSegment:
    return TranscribedSegment(
        id=number,
        seek=round(segment.start * 100),
        start=segment.start,
        end=segment.end,
        text=segment.text,
        tokens=segment.tokens,
        temperature=segment.temperature,
        avg_logprob=segment.avg_logprob,
        compression_ratio=segment.compression_ratio,
        no_speech_prob=segment.no_speech_prob,
    )
