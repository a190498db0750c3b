"""Reranking with a cross-encoder: query and document read together by one network.

For those who have weights, in ONNX: ``model.onnx`` with inputs ``input_ids``,
``attention_mask`` and possibly ``token_type_ids``, output ``[pairs, 1]`` or ``[pairs, 2]``
logits, and ``tokenizer.json``, as sentence-transformers exports them
(https://sbert.net/docs/cross_encoder/usage/usage.html).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tritone.contract import RerankResponse
from tritone.engines.embed.packing import pack
from tritone.engines.embed.session import load_session, load_tokenizer, pad
from tritone.engines.rerank import Reranker
from tritone.errors import WeightsCorrupt

__all__ = ["CrossEncoder"]

LONGEST: Final = 512
_MOST_CHARACTERS: Final = LONGEST * 64


class CrossEncoder(Reranker):
    """Scores from 0 to 1. A pair of more than 512 tokens loses the end of its longer text."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Loads the network.

        Raises:
            WeightsMissing, WeightsCorrupt: the folder does not hold one.
            SetupError: onnxruntime or tokenizers is not installed.
        """
        self._session = load_session(folder / "model.onnx", threads)
        self._inputs = {tensor.name for tensor in self._session.get_inputs()}
        self._tokenizer = load_tokenizer(folder / "tokenizer.json", LONGEST)

    def score(self, query: str, documents: Sequence[str]) -> RerankResponse:
        """Probability that each document is relevant to the query, which is read with each.

        Raises:
            WeightsCorrupt: the network's output is not one logit or two for each pair.
        """
        pairs = self._tokenizer.encode_batch(
            [(query[:_MOST_CHARACTERS], text[:_MOST_CHARACTERS]) for text in documents]
        )
        scores = np.zeros(len(documents), np.float32)
        for group in pack([len(pair.ids) for pair in pairs]):
            ids, mask = pad([pairs[place].ids for place in group])
            feeds: dict[str, npt.NDArray[Any]] = {"input_ids": ids, "attention_mask": mask}
            if "token_type_ids" in self._inputs:
                feeds["token_type_ids"] = pad([pairs[place].type_ids for place in group])[0]
            scores[group] = _probability(self._session.run(None, feeds)[0])
        return RerankResponse(scores=scores, tokens=sum(len(pair.ids) for pair in pairs))


def _probability(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Of one logit its sigmoid; of two, the second's share of their softmax."""
    if logits.ndim != 2 or logits.shape[1] not in (1, 2):
        raise WeightsCorrupt(
            f"the cross-encoder's output has shape {list(logits.shape)}, expected [pairs, 1 or 2]"
        )
    margin = logits[:, -1] - (logits[:, 0] if logits.shape[1] == 2 else 0)
    scores: npt.NDArray[np.float32] = (1 / (1 + np.exp(-margin.astype(np.float64)))).astype(
        np.float32
    )
    return scores
