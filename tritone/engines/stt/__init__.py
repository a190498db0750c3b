"""Speech to text: recordings in, transcripts out."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from tritone.contract import SttRequest, SttResponse
from tritone.errors import TritoneError

__all__ = ["SpeechToText"]


class SpeechToText(ABC):
    """Writes down recordings of any length and language, several at once."""

    @abstractmethod
    def transcribe(self, batch: Sequence[SttRequest]) -> list[SttResponse | TritoneError]:
        """One result for each request, in order; a bad request never spoils the others."""
