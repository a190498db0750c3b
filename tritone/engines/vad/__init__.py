"""Voice activity detection: when somebody starts and stops speaking."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

from tritone.contract import VadRequest, VadResponse
from tritone.errors import TritoneError

__all__ = ["Chunk", "VoiceActivity"]


class Chunk(Protocol):
    """The next piece of one stream, with the signals of the sequence it belongs to."""

    @property
    def stream(self) -> int:
        """Which stream: the sequence id its caller chose."""

    @property
    def start(self) -> bool:
        """Whether this is the first chunk; state left under the same id is forgotten."""

    @property
    def end(self) -> bool:
        """Whether this is the last chunk; the stream is forgotten after it."""

    @property
    def request(self) -> VadRequest:
        """The samples."""


class VoiceActivity(ABC):
    """Listens to many streams at once and remembers where each of them is."""

    @abstractmethod
    def step(self, batch: Sequence[Chunk]) -> list[VadResponse | TritoneError]:
        """Hears one chunk of each stream; one result for each, in order.

        A chunk that is refused spoils neither the other streams nor its own: the stream stays
        open as if the chunk had not been sent.
        """
