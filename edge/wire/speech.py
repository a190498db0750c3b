"""A wish for speech in OpenAI's shape: https://platform.openai.com/docs/api-reference/audio/createSpeech."""

from typing import Annotated, Final, Literal

import msgspec

from tritone.errors import BodyInvalid, Unsupported
from tritone.media.encode import AudioFormat
from tritone.usecases.speech import FASTEST, MOST_CHARS, SLOWEST, SpeechRequest

__all__ = ["Granularity", "SpeechBody", "format_of", "request_of"]

Granularity = Literal["word", "viseme"]

_OPENAI_VOICES: Final = (
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage",
    "shimmer", "verse",
)  # fmt: skip


class VoiceId(msgspec.Struct, frozen=True):
    """A voice by its id, which here is its name."""

    id: str


class SpeechBody(msgspec.Struct, frozen=True, kw_only=True):
    """A request for speech. Fields that are not listed are ignored."""

    model: Annotated[str, msgspec.Meta(description="`tts`, or an alias of it such as `tts-1`.")]
    input: Annotated[
        str,
        msgspec.Meta(
            description=f"The text, at most {MOST_CHARS:,} characters. Markdown is not read out.",
            examples=["The kettle is ready. Tea or coffee?"],
        ),
    ]
    voice: Annotated[
        str | VoiceId | None,
        msgspec.Meta(
            description="A voice's name, or an object with its `id`. OpenAI's own names (`alloy` "
            "and so on) and no name at all are the default voice."
        ),
    ] = None
    response_format: Annotated[
        AudioFormat | None,
        msgspec.Meta(
            description="`mp3` unless said otherwise. `opus` is Ogg Opus, `aac` is ADTS, `pcm` is "
            "24 kHz signed 16 bit little endian mono without a header."
        ),
    ] = None
    format: Annotated[
        AudioFormat | None, msgspec.Meta(description="Another name of `response_format`.")
    ] = None
    speed: Annotated[float, msgspec.Meta(ge=SLOWEST, le=FASTEST)] = 1.0
    stream_format: Annotated[
        Literal["audio", "sse", "json"],
        msgspec.Meta(
            description="`audio` is the file itself and `sse` OpenAI's events, both while it is "
            "spoken; `json` is one object with everything."
        ),
    ] = "audio"
    timestamp_granularities: Annotated[
        list[Granularity] | None,
        msgspec.Meta(description="Timings to send along; with `sse` and `json` only."),
    ] = None
    instructions: Annotated[
        str | None,
        msgspec.Meta(description="How to speak: no voice here can be told; leave it out."),
    ] = None


def format_of(body: SpeechBody) -> AudioFormat:
    """The format asked for under either name.

    Raises:
        BodyInvalid: two different ones.
    """
    given = {name for name in (body.response_format, body.format) if name}
    if len(given) > 1:
        raise BodyInvalid(
            "response_format and format differ: send one of them", param="response_format"
        )
    return given.pop() if given else "mp3"


def request_of(body: SpeechBody) -> SpeechRequest:
    """What is to be spoken.

    Raises:
        Unsupported: instructions, which would be ignored.
        BodyInvalid: timings beside a file that has no place for them.
    """
    if body.instructions and body.instructions.strip():
        raise Unsupported(
            "no voice here can be told how to speak: leave `instructions` out",
            param="instructions",
        )
    if body.timestamp_granularities and body.stream_format == "audio":
        raise BodyInvalid(
            'an audio file has no place for timings: set stream_format to "sse" or "json"',
            param="timestamp_granularities",
        )
    voice = body.voice.id if isinstance(body.voice, VoiceId) else body.voice or ""
    return SpeechRequest(
        text=body.input, voice="" if voice in _OPENAI_VOICES else voice, speed=body.speed
    )
