"""Jobs of pipelines: vectors, rankings, transcripts. What is asked for lies in `payload`."""

import asyncio
import contextlib
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from bridge.jetstream.handlers.naming import Names
from bridge.jetstream.handlers.recordings import opening, samples
from tritone.calls import Caller
from tritone.contract import EMBEDDER, RERANKER, STT
from tritone.errors import BodyInvalid, Internal
from tritone.messages import Segment
from tritone.nats.subjects import PipelineKind
from tritone.nats.wire import Job
from tritone.settings import BridgeSettings
from tritone.usecases.embedding import Embedded, embed
from tritone.usecases.reranking import rerank
from tritone.usecases.transcription import Finished, Wishes, transcribe

__all__ = ["Jobs"]

T = TypeVar("T")

_MANY: Final = 64
"""Vectors whose numbers take long enough to write down that a thread does it."""


class _Embedding(msgspec.Struct, frozen=True, kw_only=True):
    texts: str | list[str]
    encoding: Literal["float", "bytes"] | None = None


class _Reranking(msgspec.Struct, frozen=True, kw_only=True):
    query: str
    documents: list[str]
    top_n: Annotated[int, msgspec.Meta(ge=1)] | None = None


class _Transcription(msgspec.Struct, frozen=True, kw_only=True):
    audio: bytes
    format: str | None = None
    sample_rate: int | None = None
    language: str | None = None
    words: bool | None = None


class Jobs:
    """Does jobs.

    Args:
        caller: to reach the models by.
        names: of models.
        settings: the bounds of recordings.
    """

    def __init__(self, caller: Caller, names: Names, settings: BridgeSettings) -> None:
        self._caller = caller
        self._names = names
        self._settings = settings

    async def result(self, kind: PipelineKind, job: Job) -> dict[str, Any]:
        """The answer's payload. Raises TritoneError."""
        match kind:
            case "embedding":
                return await self._embedding(_asked(_Embedding, job))
            case "reranking":
                return await self._reranking(_asked(_Reranking, job))
            case "transcription":
                return await self._transcription(_asked(_Transcription, job))

    async def _embedding(self, asked: _Embedding) -> dict[str, Any]:
        texts = [asked.texts] if isinstance(asked.texts, str) else asked.texts
        model = self._names.resolve(EMBEDDER.name, EMBEDDER)
        found = await embed(self._caller, model, texts)
        as_bytes = asked.encoding == "bytes"
        return {
            "embeddings": await asyncio.to_thread(_rows, found, as_bytes)
            if len(texts) > _MANY
            else _rows(found, as_bytes),
            "dimensions": int(found.vectors.shape[1]),
            "tokens": found.tokens,
            "model": model.name,
        }

    async def _reranking(self, asked: _Reranking) -> dict[str, Any]:
        model = self._names.resolve(RERANKER.name, RERANKER)
        ranking = await rerank(self._caller, model, asked.query, asked.documents, asked.top_n)
        return {
            "results": [
                {"index": each.index, "relevance_score": each.score} for each in ranking.documents
            ],
            "model": model.name,
        }

    async def _transcription(self, asked: _Transcription) -> dict[str, Any]:
        model = self._names.resolve(STT.name, STT)
        bounds = self._settings
        wishes = Wishes(language=asked.language or "", words=bool(asked.words))
        text: list[str] = []
        segments: list[Segment] = []
        async with (
            opening(asked.audio, asked.format, asked.sample_rate, bounds) as recording,
            contextlib.aclosing(samples(recording, bounds)) as chunks,
            contextlib.aclosing(
                transcribe(self._caller, model, chunks, wishes, duration=recording.duration)
            ) as pieces,
        ):
            async for piece in pieces:
                if isinstance(piece, Finished):
                    return {
                        "text": "".join(text),
                        "language": piece.language,
                        "duration": piece.duration,
                        "segments": segments,
                    }
                text.append(piece.text)
                segments += piece.segments
        raise Internal("a transcript ended without its end")


def _asked(kind: type[T], job: Job) -> T:
    """A job's payload.

    Raises:
        BodyInvalid: it is another than this kind has.
    """
    try:
        # Bytes are bytes here; a text would else be taken for base64.
        return msgspec.convert(job.payload, type=kind, builtin_types=(bytes,))
    except (msgspec.ValidationError, RecursionError) as error:
        raise BodyInvalid(f"payload: {error}", param="payload") from None


def _rows(found: Embedded, as_bytes: bool) -> list[Any]:
    """Vectors as lists of numbers, or each as the bytes of its float32, little-endian."""
    if as_bytes:
        return [row.astype("<f4", copy=False).tobytes() for row in found.vectors]
    rows: list[Any] = found.vectors.tolist()
    return rows
