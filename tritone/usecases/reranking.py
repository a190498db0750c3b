"""Sorting many documents by how well they answer a query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tritone.calls import Caller
from tritone.contract import Model, RerankRequest, RerankResponse
from tritone.errors import ParameterOutOfRange, TextEmpty
from tritone.usecases.fan_out import fan_out

__all__ = ["AT_ONCE", "MOST_DOCUMENTS", "PER_CALL", "Ranked", "Ranking", "rerank"]

Reranker = Model[RerankRequest, RerankResponse]

MOST_DOCUMENTS: Final = 1_000
PER_CALL: Final = 64
"""Documents a call. The model takes 256 of them, but works on one call at a time: smaller ones let
others in between. The query is read once for each call, which is little beside 64 documents."""
AT_ONCE: Final = 4
"""Calls at a time, for more than one server; sixteen such requests fit the model's queue of 64."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One document's place in the order sent (from 0) and its score, higher is better."""

    index: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best documents, best first, and the tokens read for it."""

    documents: tuple[Ranked, ...]
    tokens: int


async def rerank(
    caller: Caller,
    model: Reranker,
    query: str,
    documents: Sequence[str],
    top_n: int | None = None,
) -> Ranking:
    """Scores 1 to 1,000 documents and answers the `top_n` best of them, or all.

    Documents with equal scores stay in the order sent.

    Raises:
        ParameterOutOfRange: no document, too many of them, or a `top_n` below 1.
        TextEmpty: an empty query or document; the message says which, counted from 0.
    """
    if not 1 <= len(documents) <= MOST_DOCUMENTS:
        raise ParameterOutOfRange(
            f"there are {len(documents)} documents, expected 1 to {MOST_DOCUMENTS:,}",
            param="documents",
        )
    if top_n is not None and top_n < 1:
        raise ParameterOutOfRange(f"top_n is {top_n}, expected at least 1", param="top_n")
    if not query.strip():
        raise TextEmpty("the query is empty", param="query")
    for place, document in enumerate(documents):
        if not document.strip():
            raise TextEmpty(f"document {place} (counted from 0) is empty", param="documents")

    async def part(_: int, texts: Sequence[str]) -> RerankResponse:
        return await caller.infer(model, RerankRequest(query=query, documents=tuple(texts)))

    parts = [documents[start : start + PER_CALL] for start in range(0, len(documents), PER_CALL)]
    answers = await fan_out(part, parts, at_once=AT_ONCE)
    scores = [float(score) for answer in answers for score in answer.scores]
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    return Ranking(
        tuple(Ranked(index, scores[index]) for index in order[:top_n]),
        sum(answer.tokens for answer in answers),
    )
