"""The embedder with its real weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tritone.contract import EmbedRequest, EmbedResponse
from tritone.engines.embed.minilm import MiniLm
from tritone.errors import TextEmpty, WeightsCorrupt, WeightsMissing

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def engine(weights: Callable[[str], Path]) -> MiniLm:
    return MiniLm(weights("minilm-l6"))


def _embed(engine: MiniLm, *texts: str) -> list[EmbedResponse]:
    answers = engine.embed([EmbedRequest(text=text) for text in texts])
    assert all(isinstance(answer, EmbedResponse) for answer in answers)
    return answers  # type: ignore[return-value]


def test_vectors_are_of_unit_length(engine: MiniLm) -> None:
    """Each vector is FP32 [384] of length 1, so a dot product is a cosine."""
    (answer,) = _embed(engine, "Turn on the light.")
    assert answer.embedding.shape == (384,)
    assert answer.embedding.dtype == np.float32
    assert np.linalg.norm(answer.embedding) == pytest.approx(1, abs=1e-5)


def test_alike_texts_are_near(engine: MiniLm) -> None:
    """A paraphrase is nearer than another subject, though it shares no content word."""
    asked, same, other = _embed(
        engine, "How do I reset my password?", "I forgot my login secret", "Cats love warm places"
    )
    assert asked.embedding @ same.embedding > asked.embedding @ other.embedding + 0.3


def test_company_does_not_change_a_vector(engine: MiniLm) -> None:
    """A text's vector is the same alone and in a batch of texts of other lengths."""
    texts = ["short", "a somewhat longer text about the weather", "words " * 90, "short too"]
    together = _embed(engine, *texts)
    for text, answer in zip(texts, together, strict=True):
        (alone,) = _embed(engine, text)
        np.testing.assert_allclose(alone.embedding, answer.embedding, atol=2e-5)


def test_long_texts_are_cut(engine: MiniLm) -> None:
    """At most 256 tokens are read; what comes behind changes nothing."""
    long, longer = _embed(engine, "word " * 300, "word " * 300 + "and a surprise at the end")
    assert long.tokens == longer.tokens == 256
    np.testing.assert_allclose(long.embedding, longer.embedding, atol=1e-6)


def test_a_novel_is_cut_too(engine: MiniLm) -> None:
    """A megabyte of text is answered like its beginning."""
    (answer,) = _embed(engine, "word " * 200_000)
    assert answer.tokens == 256


@pytest.mark.parametrize("text", ["", " \n", "\x00\u200b"])
def test_nothing_to_embed_is_refused(engine: MiniLm, text: str) -> None:
    """Text without a token fails alone; its neighbours are answered in their places."""
    first, bad, last = engine.embed([EmbedRequest(text=t) for t in ("a cat", text, "a dog")])
    assert isinstance(bad, TextEmpty)
    assert isinstance(first, EmbedResponse)
    assert isinstance(last, EmbedResponse)


def test_token_vectors_are_one_for_each_token(engine: MiniLm) -> None:
    """Late interaction gets unit vectors of the words, without the special tokens."""
    words, nothing = engine.token_vectors(["turn on the light", ""])
    assert words.shape == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(words, axis=1), 1, atol=1e-5)
    assert nothing.shape == (0, 384)


def test_missing_and_broken_weights_are_told_apart(tmp_path: Path) -> None:
    """An empty folder says what is missing; a file that is no model says it is corrupt."""
    with pytest.raises(WeightsMissing, match=r"model\.onnx"):
        MiniLm(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(WeightsCorrupt, match=r"model\.onnx"):
        MiniLm(tmp_path)
