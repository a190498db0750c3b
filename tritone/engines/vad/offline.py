"""Voice activity of whole recordings: where in them somebody speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tritone.contract import SAMPLE_RATE
from tritone.engines.audio import Samples
from tritone.engines.vad.endpoint import FRAME, Endpointer, Endpointing
from tritone.engines.vad.network import Memory, open_network

__all__ = ["Speech", "SpeechFinder"]

RULES = Endpointing(min_speech=0.064, min_silence=0.2)
"""A recording was made to be heard: a short "no" counts, and each pause is a place to cut."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Where somebody speaks in one recording."""

    stretches: tuple[tuple[float, float], ...]
    """Starts and ends in seconds, in order, not touching."""
    probability: npt.NDArray[np.float32]
    """Speech probability of each 32 ms frame, the last one padded with silence."""

    @property
    def peak(self) -> float:
        """How sure the network ever was that somebody speaks, 0 to 1."""
        return float(self.probability.max(initial=0.0))


class SpeechFinder:
    """Finds speech in recordings, several at once.

    Args:
        weights: folder with Silero's ONNX file.

    Raises:
        WeightsMissing: the folder has no ONNX file.
    """

    def __init__(self, weights: Path) -> None:
        self._network = open_network(weights)

    def find(self, recordings: Sequence[Samples]) -> list[Speech]:
        """One result for each recording (16 kHz, shape (samples,)), in order."""
        padded = [np.pad(audio, (0, -audio.size % FRAME)) for audio in recordings]
        heard = self._network.probabilities(padded, [Memory() for _ in recordings])
        return [
            _speech(p, audio.size / SAMPLE_RATE) for p, audio in zip(heard, recordings, strict=True)
        ]


def _speech(probability: npt.NDArray[np.float32], duration: float) -> Speech:
    endpointer = Endpointer(RULES)
    events = endpointer.feed(probability.tolist()) + endpointer.finish()
    times = [min(event.at, duration) for event in events]
    return Speech(tuple(zip(times[::2], times[1::2], strict=True)), probability)
