"""Many documents in several calls: scores joined, sorted, cut."""

import asyncio

import numpy as np
import pytest

from tritone.contract import RERANKER, RerankRequest, RerankResponse
from tritone.errors import Overloaded, ParameterOutOfRange, TextEmpty
from tritone.usecases.reranking import AT_ONCE, MOST_DOCUMENTS, PER_CALL, rerank

pytestmark = pytest.mark.unit


class Reranker:
    """A caller whose scores are the numbers that the documents are."""

    def __init__(self, error=None):
        self.error = error
        self.sizes: list[int] = []
        self.running = self.most = 0

    async def infer(self, model, request: RerankRequest, **_) -> RerankResponse:
        assert model is RERANKER
        assert request.query == "best"
        self.sizes.append(len(request.documents))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for _ in range(AT_ONCE - len(self.sizes) % AT_ONCE):
                await asyncio.sleep(0)
            if self.error:
                raise self.error
            scores = np.array([float(each) for each in request.documents], np.float32)
            return RerankResponse(scores=scores, tokens=len(scores))
        finally:
            self.running -= 1


async def test_the_best_come_first_with_their_places():
    """Places are those of the request, whichever call a document was in."""
    numbers = [(n * 7919) % MOST_DOCUMENTS for n in range(MOST_DOCUMENTS)]
    caller = Reranker()
    ranking = await rerank(caller, RERANKER, "best", [str(n) for n in numbers])
    assert [ranked.score for ranked in ranking.documents] == sorted(numbers, reverse=True)
    assert all(numbers[ranked.index] == ranked.score for ranked in ranking.documents)
    assert ranking.tokens == MOST_DOCUMENTS
    assert max(caller.sizes) == PER_CALL
    assert sum(caller.sizes) == MOST_DOCUMENTS
    assert caller.most == AT_ONCE


async def test_only_the_best_are_answered():
    """`top_n` of them, or all where there are fewer."""
    ranking = await rerank(Reranker(), RERANKER, "best", ["1", "3", "2"], top_n=2)
    assert [ranked.index for ranked in ranking.documents] == [1, 2]
    ranking = await rerank(Reranker(), RERANKER, "best", ["1", "3", "2"], top_n=9)
    assert [ranked.index for ranked in ranking.documents] == [1, 2, 0]


async def test_equals_stay_in_the_order_sent():
    """So that an answer is the same every time."""
    ranking = await rerank(Reranker(), RERANKER, "best", ["1", "1", "2", "1"])
    assert [ranked.index for ranked in ranking.documents] == [2, 0, 1, 3]


@pytest.mark.parametrize(
    ("query", "documents", "top_n", "error", "words", "param"),
    [
        ("best", [], None, ParameterOutOfRange, "1 to 1,000", "documents"),
        ("best", ["1"] * 1001, None, ParameterOutOfRange, "1 to 1,000", "documents"),
        ("best", ["1"], 0, ParameterOutOfRange, "at least 1", "top_n"),
        (" ", ["1"], None, TextEmpty, "query", "query"),
        ("best", ["1"] * 300 + ["\t"], None, TextEmpty, "document 300 ", "documents"),
    ],
)
async def test_what_cannot_be_sorted_is_refused_before_any_call(
    query, documents, top_n, error, words, param
):
    """With the field at fault, and the place in the whole request."""
    caller = Reranker()
    with pytest.raises(error, match=words) as caught:
        await rerank(caller, RERANKER, query, documents, top_n)
    assert caught.value.param == param
    assert caller.sizes == []


async def test_an_error_of_one_call_is_the_answer():
    """As itself, with nothing left running."""
    caller = Reranker(Overloaded("full"))
    with pytest.raises(Overloaded, match=r"^full$"):
        await rerank(caller, RERANKER, "best", ["1"] * 500)
    assert caller.running == 0
    assert len(caller.sizes) <= AT_ONCE
