"""Reranking in the shapes of Jina and Cohere.

https://api.jina.ai/redoc#tag/rerank, https://docs.cohere.com/reference/rerank (version 2) and
https://docs.cohere.com/v1/reference/rerank (version 1, whose path and results Jina's are).
"""

import uuid
from typing import Annotated, Literal

import msgspec

from tritone.usecases.reranking import MOST_DOCUMENTS, Ranking

__all__ = ["CohereBody", "CohereResults", "RerankBody", "RerankResults", "as_cohere", "as_jina"]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document as an object."""

    text: str


Text = Annotated[str, msgspec.Meta(min_length=1)]
Documents = Annotated[
    list[Text | Document],
    msgspec.Meta(
        description="What to sort: texts, or objects with a field `text`.",
        min_length=1,
        max_length=MOST_DOCUMENTS,
        examples=[["Paris is the capital of France.", "A spider has eight legs."]],
    ),
]
Top = Annotated[int, msgspec.Meta(description="How many of the best to answer.", ge=1)]
Score = Annotated[
    float,
    msgspec.Meta(
        description="0 to 1, higher is better. Late interaction, which is the default, answers "
        "the mean cosine of the query's words (below 0 counts as 0), a cross-encoder a "
        "probability; compare scores of one model only."
    ),
]


class RerankBody(msgspec.Struct, frozen=True, kw_only=True):
    """A query and what to sort by it. Fields that are not listed are ignored."""

    model: str
    query: Text
    documents: Documents
    top_n: Top | None = None
    return_documents: bool = True

    def texts(self) -> list[str]:
        """The documents' texts."""
        return [each if isinstance(each, str) else each.text for each in self.documents]


class CohereBody(RerankBody, frozen=True, kw_only=True):
    """The same for Cohere's version 2, whose answers have no texts unless asked for."""

    return_documents: bool = False


class RerankResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document: its place in the request, counted from 0, and how well it answers."""

    index: int
    relevance_score: Score
    document: Document | None = None


class RerankUsage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens read, of the query and the documents."""

    prompt_tokens: int
    total_tokens: int


class RerankResults(msgspec.Struct, frozen=True, kw_only=True):
    """The best first, as Jina answers."""

    id: str
    object: Literal["list"] = "list"
    model: str
    results: list[RerankResult]
    usage: RerankUsage


class ApiVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Which of Cohere's versions this is."""

    version: Literal["2"] = "2"


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens read."""

    input_tokens: int


class CohereMeta(msgspec.Struct, frozen=True, kw_only=True):
    """What Cohere says beside the results; nobody is billed, so there are no billed units."""

    api_version: ApiVersion = ApiVersion()
    tokens: Tokens


class CohereResults(msgspec.Struct, frozen=True, kw_only=True):
    """The best first, as Cohere answers."""

    id: str
    results: list[RerankResult]
    meta: CohereMeta


def as_jina(ranking: Ranking, body: RerankBody) -> RerankResults:
    """A ranking in Jina's shape."""
    return RerankResults(
        id=f"rerank-{uuid.uuid4().hex}",
        model=body.model,
        results=_results(ranking, body),
        usage=RerankUsage(prompt_tokens=ranking.tokens, total_tokens=ranking.tokens),
    )


def as_cohere(ranking: Ranking, body: CohereBody) -> CohereResults:
    """A ranking in Cohere's shape."""
    return CohereResults(
        id=str(uuid.uuid4()),
        results=_results(ranking, body),
        meta=CohereMeta(tokens=Tokens(input_tokens=ranking.tokens)),
    )


def _results(ranking: Ranking, body: RerankBody) -> list[RerankResult]:
    texts = body.texts()
    return [
        RerankResult(
            index=ranked.index,
            relevance_score=min(max(ranked.score, 0.0), 1.0),
            document=Document(text=texts[ranked.index]) if body.return_documents else None,
        )
        for ranked in ranking.documents
    ]
