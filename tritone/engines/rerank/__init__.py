"""Reranking: what an engine promises, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from tritone.contract import RerankRequest, RerankResponse
from tritone.errors import ParameterOutOfRange, TextEmpty, TritoneError

__all__ = ["MOST_DOCUMENTS", "Reranker"]

MOST_DOCUMENTS: Final = 256


class Reranker(ABC):
    """Says how well each document answers a query."""

    def rerank(self, batch: Sequence[RerankRequest]) -> list[RerankResponse | TritoneError]:
        """One result for each request, in order; a bad request never spoils the others."""
        return [self._answer(request) for request in batch]

    @abstractmethod
    def score(self, query: str, documents: Sequence[str]) -> RerankResponse:
        """Relevance of each document, in order, higher is better; and how many tokens it took."""

    def _answer(self, request: RerankRequest) -> RerankResponse | TritoneError:
        try:
            _check(request)
            return self.score(request.query, request.documents)
        except TritoneError as error:
            return error


def _check(request: RerankRequest) -> None:
    """Raises ParameterOutOfRange or TextEmpty where a request cannot be answered."""
    count = len(request.documents)
    if not 1 <= count <= MOST_DOCUMENTS:
        raise ParameterOutOfRange(f"there are {count} documents, expected 1 to {MOST_DOCUMENTS}")
    if not request.query.strip():
        raise TextEmpty("the query is empty")
    for place, document in enumerate(request.documents):
        if not document.strip():
            raise TextEmpty(f"document {place} is empty (counted from 0)")
