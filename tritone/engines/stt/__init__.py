"""Speech to text: recordings in, transcripts out."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from tritone.contract import SttRequest, SttResponse
from tritone.errors import TritoneError

__all__ = ["SpeechToText"]


class SpeechToText(ABC):
    """Writes down recordings of any length and language, several at once."""

    @abstractmethod
    def answers(
        self, batch: Sequence[SttRequest]
    ) -> Iterator[tuple[int, SttResponse | TritoneError]]:
        """Each request's place and result, as soon as it is known: short ones do not wait for long
        ones. A bad request never spoils the others.
        """

    def transcribe(self, batch: Sequence[SttRequest]) -> list[SttResponse | TritoneError]:
        """One result for each request, in order."""
        results = dict(self.answers(batch))
        return [results[place] for place in range(len(batch))]
