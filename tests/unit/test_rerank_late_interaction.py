"""Reranking: limits, isolation, and the arithmetic of late interaction."""

from collections.abc import Sequence

import numpy as np
import pytest

from tritone.contract import RerankRequest, RerankResponse
from tritone.engines.embed import TokenEncoder, TokenVectors
from tritone.engines.rerank.late_interaction import LateInteraction, max_sim
from tritone.errors import ParameterOutOfRange, TextEmpty

pytestmark = pytest.mark.unit


class Letters(TokenEncoder):
    """Every letter is a token, at right angles to every other."""

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        eye = np.eye(26, dtype=np.float32)
        return [
            np.stack([eye[ord(c) - 97] for c in text if c.isalpha()] or [eye[0]])[
                : sum(c.isalpha() for c in text)
            ]
            for text in texts
        ]


def _request(query: str, *documents: str) -> RerankRequest:
    return RerankRequest(query=query, documents=documents)


@pytest.fixture
def engine() -> LateInteraction:
    return LateInteraction(Letters())


def test_scores_are_the_share_of_the_query_that_is_found(engine: LateInteraction) -> None:
    """With tokens at right angles, MaxSim counts the query's tokens the document holds."""
    (answer,) = engine.rerank([_request("abcd", "dcba", "abxx", "wxyz")])
    assert isinstance(answer, RerankResponse)
    assert answer.scores.tolist() == [1.0, 0.5, 0.0]
    assert answer.scores.dtype == np.float32
    assert answer.tokens == 4 * 4


def test_a_longer_query_does_not_score_higher() -> None:
    """Scores of different queries compare: the sum is divided by the query's tokens."""
    one = np.eye(4, dtype=np.float32)
    assert max_sim(one[:1], one) == max_sim(one, one) == 1.0


def test_a_document_without_tokens_is_the_least_alike(engine: LateInteraction) -> None:
    """A document of unreadable characters sinks to the end instead of failing the request."""
    (answer,) = engine.rerank([_request("ab", "...", "zz")])
    assert isinstance(answer, RerankResponse)
    assert answer.scores.tolist() == [-1.0, 0.0]


@pytest.mark.parametrize("count", [0, 257])
def test_the_number_of_documents_is_bounded(engine: LateInteraction, count: int) -> None:
    """No documents, or more than 256, are refused with the bound in the message."""
    (answer,) = engine.rerank([_request("a", *["b"] * count)])
    assert isinstance(answer, ParameterOutOfRange)
    assert "1 to 256" in answer.message


def test_the_bound_itself_is_answered(engine: LateInteraction) -> None:
    """256 documents are not too many."""
    (answer,) = engine.rerank([_request("a", *["b"] * 256)])
    assert isinstance(answer, RerankResponse)
    assert len(answer.scores) == 256


@pytest.mark.parametrize(
    ("query", "documents", "words"),
    [
        (" ", ("a",), "query"),
        ("...", ("a",), "query"),
        ("a", ("b", "\n"), "document 1"),
    ],
)
def test_empty_texts_are_refused(
    engine: LateInteraction, query: str, documents: tuple[str, ...], words: str
) -> None:
    """The message says which text is empty."""
    (answer,) = engine.rerank([_request(query, *documents)])
    assert isinstance(answer, TextEmpty)
    assert words in answer.message


def test_a_bad_request_does_not_spoil_its_neighbours(engine: LateInteraction) -> None:
    """Each request of a batch is answered in its place."""
    good = _request("ab", "ab")
    first, bad, last = engine.rerank([good, _request("", "a"), good])
    assert isinstance(bad, TextEmpty)
    assert isinstance(first, RerankResponse)
    assert isinstance(last, RerankResponse)
    assert first.scores.tolist() == last.scores.tolist() == [1.0]
