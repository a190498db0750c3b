"""What a transcription is asked for, what it is made of, and what it answers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tritone.contract import SAMPLE_RATE
from tritone.messages import Segment

__all__ = ["Excerpt", "Finished", "Piece", "Samples", "Wishes"]

Samples = npt.NDArray[np.float32]
"""Mono PCM at 16 kHz, in [-1, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a recording is to be written down."""

    language: str = ""
    """ISO 639-1 code; empty detects it, once for the whole recording."""
    task: str = "transcribe"
    """transcribe, or translate (into English)."""
    prompt: str = ""
    """Words and style to expect, in all of the recording."""
    temperature: float = 0.0
    """0 (likeliest words) to 1."""
    words: bool = False
    """Whether segments carry their words with times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A part of a recording that is heard in one call."""

    audio: Samples
    start: float
    """Seconds from the start of the recording."""
    seam_before: float | None = None
    """Where the one before would end, had there been a pause; this one starts earlier."""
    seam_after: float | None = None
    """Likewise at the end."""

    @property
    def end(self) -> float:
        """Seconds from the start of the recording."""
        return self.start + self.audio.size / SAMPLE_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The next piece of the transcript. Times are seconds from the start of the recording."""

    text: str
    """With the space that parts it from what came before: joined, pieces are the transcript."""
    segments: tuple[Segment, ...]
    language: str
    """ISO 639-1 code of what is spoken; empty when nobody speaks."""
    processed: float
    """Seconds of the recording that are done."""
    duration: float | None
    """Seconds of the whole recording, once known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The end of the transcript."""

    language: str
    """ISO 639-1 code of the recording: given, or first heard; empty when nobody speaks."""
    duration: float
    """Seconds of the recording."""
