"""Reranking by late interaction, over the token vectors of an embedder.

Each token of the query looks for the token of the document most like it; the score is the mean
of these likenesses (ColBERT's MaxSim [1], divided by the query's tokens so that scores of
different queries compare). It needs no weights beside the embedder's, and sees which words match
where one vector for each text sees only the gist. A cross-encoder knows better; where one is at
hand, use `cross_encoder`.

[1] Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
    Interaction over BERT", SIGIR 2020, https://arxiv.org/abs/2004.12832
"""

from collections.abc import Sequence

import numpy as np

from tritone.contract import RerankResponse
from tritone.engines.embed import TokenEncoder, TokenVectors
from tritone.engines.rerank import Reranker
from tritone.errors import TextEmpty

__all__ = ["LateInteraction", "max_sim"]


class LateInteraction(Reranker):
    """Scores from -1 to 1."""

    def __init__(self, encoder: TokenEncoder) -> None:
        self._encoder = encoder

    def score(self, query: str, documents: Sequence[str]) -> RerankResponse:
        """MaxSim of the query with each document.

        Raises:
            TextEmpty: the query holds no word.
        """
        asked, *candidates = self._encoder.token_vectors([query, *documents])
        if len(asked) == 0:
            raise TextEmpty("the query holds nothing to look for")
        return RerankResponse(
            scores=np.array([max_sim(asked, document) for document in candidates], np.float32),
            tokens=len(asked) + sum(len(document) for document in candidates),
        )


def max_sim(query: TokenVectors, document: TokenVectors) -> float:
    """Mean over the query's tokens of the cosine of the nearest token of the document.

    A document without tokens is as unlike as can be: -1.
    """
    if len(document) == 0:
        return -1.0
    return float((query @ document.T).max(axis=1).mean())
