"""The cross-encoder with a network of our own, small enough to check by hand.

The network's logit is the sum of ``token_type_ids``, that is the number of the document's tokens
and its closing mark: it shows what the engine feeds, pair by pair.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from tritone.contract import RerankRequest, RerankResponse
from tritone.engines.rerank.cross_encoder import CrossEncoder
from tritone.engines.tts.wire import message, number, text
from tritone.errors import WeightsCorrupt, WeightsMissing

pytestmark = pytest.mark.engine

FLOAT, INT64 = 1, 7


def _tensor(field: int, name: str, kind: int, *dims: str) -> bytes:
    shape = message(2, *(message(1, text(2, dim)) for dim in dims))
    return message(field, text(1, name), message(2, message(1, number(1, kind), shape)))


def _network(keepdims: int = 1) -> bytes:
    """An ONNX model: logits = ReduceSum(Cast(token_type_ids), axis 1)."""
    cast = message(
        1,
        text(1, "token_type_ids"),
        text(2, "types"),
        text(4, "Cast"),
        message(5, text(1, "to"), number(3, FLOAT), number(20, 2)),
    )
    total = message(
        1,
        text(1, "types"),
        text(1, "axes"),
        text(2, "logits"),
        text(4, "ReduceSum"),
        message(5, text(1, "keepdims"), number(3, keepdims), number(20, 2)),
    )
    axes = message(
        5, number(1, 1), number(2, INT64), text(8, "axes"), message(9, (1).to_bytes(8, "little"))
    )
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [_tensor(11, name, INT64, "pairs", "tokens") for name in names]
    output = _tensor(12, "logits", FLOAT, *("pairs", "one")[: 1 + keepdims])
    graph = message(7, cast, total, text(2, "graph"), axes, *inputs, output)
    return number(1, 8) + graph + message(8, number(2, 13))


def _tokenizer() -> str:
    vocabulary = {"[PAD]": 0, "[SEP]": 1, "[UNK]": 2}
    special = {"id": "[SEP]", "ids": [1], "tokens": ["[SEP]"]}
    sep = {"SpecialToken": {"id": "[SEP]", "type_id": 0}}
    end = {"SpecialToken": {"id": "[SEP]", "type_id": 1}}
    query = {"Sequence": {"id": "A", "type_id": 0}}
    document = {"Sequence": {"id": "B", "type_id": 1}}
    return json.dumps(
        {
            "version": "1.0",
            "pre_tokenizer": {"type": "Whitespace"},
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [query, sep],
                "pair": [query, sep, document, end],
                "special_tokens": {"[SEP]": special},
            },
        }
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.onnx").write_bytes(_network())
    (tmp_path / "tokenizer.json").write_text(_tokenizer())
    return tmp_path


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def test_each_document_is_read_with_the_query(folder: Path) -> None:
    """Scores are the sigmoid of the pair's logit, in the order of the documents."""
    (answer,) = CrossEncoder(folder).rerank(
        [RerankRequest(query="a long query here", documents=("x", "x x x", "x x"))]
    )
    assert isinstance(answer, RerankResponse)
    expected = [_sigmoid(words + 1) for words in (1, 3, 2)]
    np.testing.assert_allclose(answer.scores, expected, rtol=1e-6)
    assert answer.tokens == 3 * (4 + 1) + (1 + 1) + (3 + 1) + (
        2 + 1
    )  # marks count, the query thrice


def test_long_pairs_are_cut_to_what_the_network_reads(folder: Path) -> None:
    """A pair of more than 512 tokens is truncated, not refused."""
    answer = CrossEncoder(folder).score("q", ["x " * 5_000])
    np.testing.assert_allclose(answer.scores, [1.0])
    assert answer.tokens == 512


def test_an_output_of_another_shape_is_refused(folder: Path) -> None:
    """A network that is no cross-encoder is told by its output."""
    (folder / "model.onnx").write_bytes(_network(keepdims=0))
    with pytest.raises(WeightsCorrupt, match="expected"):
        CrossEncoder(folder).score("q", ["x"])


def test_missing_weights_are_told(tmp_path: Path) -> None:
    """An empty folder says which file is missing."""
    with pytest.raises(WeightsMissing, match=r"model\.onnx"):
        CrossEncoder(tmp_path)
