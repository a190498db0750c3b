"""Text to speech: what an engine promises, whichever it is.

Nothing here imports an engine, so that a process pays only for the one it runs.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from tritone.contract import TtsRequest, TtsResponse
from tritone.errors import Internal, TritoneError

__all__ = ["TextToSpeech"]


class TextToSpeech(ABC):
    """Speaks requests. One result for each; a bad request never spoils the others."""

    @property
    @abstractmethod
    def voices(self) -> tuple[str, ...]:
        """Names of the voices, the default one first."""

    @abstractmethod
    def speak_each(
        self, batch: Sequence[TtsRequest]
    ) -> Iterator[tuple[int, TtsResponse | TritoneError]]:
        """Speaks every request and yields ``(place in the batch, result)`` when it is done.

        In the order that gets the first audio out soonest, so a caller that can answer one
        request before the others are done should.
        """

    def speak(self, batch: Sequence[TtsRequest]) -> list[TtsResponse | TritoneError]:
        """Speaks every request; results in the order of the requests."""
        missing = Internal("the engine gave no result for this request")
        results: list[TtsResponse | TritoneError] = [missing] * len(batch)
        for place, result in self.speak_each(batch):
            results[place] = result
        return results
