"""What jobs answer, as their `payload` has it."""

import msgspec

from tritone.messages import Segment

__all__ = ["Embeddings", "Rank", "Ranking", "Transcription"]


class Embeddings(msgspec.Struct, frozen=True, kw_only=True):
    """A unit vector for each text."""

    embeddings: tuple[tuple[float, ...], ...]
    dimensions: int
    tokens: int = 0
    model: str = ""


class Rank(msgspec.Struct, frozen=True, kw_only=True):
    """How well a document answers; `index` is its place among those sent."""

    index: int
    relevance_score: float


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """The documents, best first."""

    results: tuple[Rank, ...]
    model: str = ""


class Transcription(msgspec.Struct, frozen=True, kw_only=True):
    """What was said, and in how many seconds."""

    text: str
    language: str = ""
    duration: float = 0.0
    segments: tuple[Segment, ...] = ()
