"""A request on its way through Whisper: what is known of it, part by part, and its answer."""

from dataclasses import dataclass, field

from tritone.contract import SttRequest, SttResponse
from tritone.engines.audio import Samples
from tritone.engines.stt.network import Encoding
from tritone.engines.stt.windows import Window, frames_for
from tritone.messages import Segment, encode

__all__ = ["Job", "Part", "answer"]

TIMED_FROM = 10.0
"""Seconds of a window from which the decoder marks each sentence's time. Below, the window is one
segment whose times Silero knows better, and two tokens are saved."""


@dataclass(slots=True)
class Part:
    """A window of a recording, from cut to segments."""

    window: Window
    audio: Samples
    encoding: Encoding | None = None
    text: str = ""
    no_speech_prob: float = 0.0
    segments: list[Segment] = field(default_factory=list)

    @property
    def frames(self) -> int:
        """Size of the window with its padding."""
        return frames_for(self.window.seconds)

    @property
    def timed(self) -> bool:
        """Whether the decoder is to mark times."""
        return self.window.seconds > TIMED_FROM


@dataclass(slots=True)
class Job:
    """A request that was accepted, and its place in the batch."""

    place: int
    request: SttRequest
    audio: Samples
    duration: float
    language: str
    prompt: tuple[int, ...] = ()
    certainty: float = 1.0
    silence: float = 1.0
    """How sure Silero is that nobody speaks."""
    parts: list[Part] = field(default_factory=list)

    @property
    def spoken(self) -> tuple[str, str]:
        """Language and task."""
        return self.language, self.request.task


def answer(job: Job) -> SttResponse:
    """The response to a job whose parts are all written."""
    heard = [part for part in job.parts if part.text]
    if heard:
        no_speech_prob = min(part.no_speech_prob for part in heard)
    else:
        no_speech_prob = max([job.silence, *(part.no_speech_prob for part in job.parts)])
    return SttResponse(
        text="".join(part.text for part in heard).strip(),
        language=job.language,
        language_probability=job.certainty,
        duration=job.duration,
        no_speech_prob=no_speech_prob,
        segments=encode([each for part in heard for each in part.segments]),
    )
