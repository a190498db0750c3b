"""What a listener hears of audio that comes piece by piece: when it begins, and where it stalls."""

from typing import Any

from perf.bench.subjects.base import Answer
from tritone.errors import Internal

__all__ = ["Playback"]


class Playback:
    """A listener who plays each piece as soon as it is there and those before it are played.

    Attributes:
        first: when the first piece came, in seconds from the begin of the call; None before that.
        last: when the last one came.
        seconds: length of all that came.
        stalls: how long nothing could be played between the first sample and the last, in sum.
    """

    def __init__(self) -> None:
        self.first: float | None = None
        self.last = 0.0
        self.seconds = 0.0
        self.stalls = 0.0

    def add(self, at: float, seconds: float) -> None:
        """Takes a piece that came at a time and lasts so long; an empty one is nothing."""
        if seconds <= 0.0:
            return
        if self.first is None:
            self.first = at
        played = self.first + self.seconds + self.stalls
        self.stalls += max(0.0, at - played)
        self.seconds += seconds
        self.last = at

    def answer(self, *, units: float, last: float | None = None, **extra: Any) -> Answer:
        """The answer that this audio makes.

        Args:
            units: what throughput counts.
            last: when all of the answer was there, where that is later than the last audio.
            extra: what else is known.

        Raises:
            Internal: no audio came.
        """
        if self.first is None:
            raise Internal("no audio came")
        return Answer(
            first=self.first,
            last=self.last if last is None else last,
            units=units,
            extra={"audio_seconds": self.seconds, "stall_seconds": self.stalls, **extra},
        )
