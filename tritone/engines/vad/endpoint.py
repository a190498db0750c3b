"""Endpointing: speech probabilities in, starts and ends of speech out. Pure; no engine, no clock.

Two thresholds (hysteresis) keep a wavering probability from flickering, and two durations keep a
cough from counting as speech and a breath from ending it:

    silent ──p ≥ threshold──► rising ──min_speech──► speaking ──p < release──► falling
      ▲  ◄──────p < release─────┘                      ▲  ◄──p ≥ threshold────────┘ │
      └──────────────────────────────────min_silence────────────────────────────────┘

An event is found `min_speech` or `min_silence` late, and dated to when it happened.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tritone.contract import SAMPLE_RATE
from tritone.errors import SetupError
from tritone.messages import SpeechEvent

__all__ = ["FRAME", "FRAME_SECONDS", "Endpointer", "Endpointing"]

FRAME = 512
"""Samples of one frame at 16 kHz: the only length that Silero's network was trained on."""
FRAME_SECONDS = FRAME / SAMPLE_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpointing:
    """When speech starts and when it is over. Probabilities are 0 to 1, durations seconds.

    The defaults are Silero's own thresholds, and durations for a conversation: a third of a second
    is a pause within a sentence, half a second is felt as a slow answer.
    """

    threshold: float = 0.5
    release: float = 0.35
    min_speech: float = 0.1
    min_silence: float = 0.4

    def __post_init__(self) -> None:
        if not 0.0 < self.release <= self.threshold < 1.0:
            raise SetupError(
                f"endpointing needs 0 < release <= threshold < 1, "
                f"not release {self.release} and threshold {self.threshold}"
            )
        if self.min_speech < 0 or self.min_silence < 0:
            raise SetupError(
                f"endpointing needs durations of 0 s or more, "
                f"not min_speech {self.min_speech} and min_silence {self.min_silence}"
            )


def _frames(seconds: float) -> int:
    """The fewest whole frames that last so long; one at least (a frame is the resolution)."""
    return max(1, math.ceil(seconds / FRAME_SECONDS - 1e-9))


class Endpointer:
    """The state of one stream. Feed it every frame's probability, in order."""

    def __init__(self, rules: Endpointing) -> None:
        self._rules = rules
        self._min_speech = _frames(rules.min_speech)
        self._min_silence = _frames(rules.min_silence)
        self._heard = 0
        self._pending: int | None = None
        self.speaking = False
        """Whether speech has started and not yet ended."""

    def feed(self, probabilities: Iterable[float]) -> list[SpeechEvent]:
        """The events that these frames decide."""
        found = []
        for probability in probabilities:
            event = self._silence(probability) if self.speaking else self._speech(probability)
            if event:
                found.append(event)
            self._heard += 1
        return found

    def finish(self) -> list[SpeechEvent]:
        """The stream is over: speech that was going on ends with it, or where it faded."""
        if not self.speaking:
            return []
        end = self._heard if self._pending is None else self._pending
        self.speaking, self._pending = False, None
        return [_event("end", end)]

    def _speech(self, probability: float) -> SpeechEvent | None:
        """While silent: waits for a rise that lasts."""
        if probability < self._rules.release:
            self._pending = None
        elif probability >= self._rules.threshold and self._pending is None:
            self._pending = self._heard
        if self._pending is None or self._heard + 1 - self._pending < self._min_speech:
            return None
        event = _event("start", self._pending)
        self.speaking, self._pending = True, None
        return event

    def _silence(self, probability: float) -> SpeechEvent | None:
        """While speaking: waits for a fall that lasts."""
        if probability >= self._rules.threshold:
            self._pending = None
        elif probability < self._rules.release and self._pending is None:
            self._pending = self._heard
        if self._pending is None or self._heard + 1 - self._pending < self._min_silence:
            return None
        event = _event("end", self._pending)
        self.speaking, self._pending = False, None
        return event


def _event(kind: str, frame: int) -> SpeechEvent:
    at = round(frame * FRAME_SECONDS, 3)
    return SpeechEvent(type="start" if kind == "start" else "end", at=at)
