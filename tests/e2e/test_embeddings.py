"""Many texts and documents in one request, through the real embedder and reranker."""

import base64
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest

from tritone.settings import Settings

pytestmark = pytest.mark.triton

TEXTS = [f"Kettle number {n} stands on shelf {n % 7}." for n in range(300)]


def vectors(http: httpx.Client, texts: list[str]) -> np.ndarray:
    """FP32 ``[texts, 384]``."""
    body = {"model": "embedder", "input": texts, "encoding_format": "base64"}
    answer = http.post("/v1/embeddings", json=body)
    assert answer.status_code == 200, answer.text
    items = answer.json()["data"]
    return np.stack([np.frombuffer(base64.b64decode(item["embedding"]), "<f4") for item in items])


def large_batches(triton: Settings) -> int:
    """How many texts the embedder ran in batches of 8 and more so far."""
    url = f"http://{triton.host}:{triton.http_port}/v2/models/embedder/stats"
    rows = httpx.get(url).json()["model_stats"][0]["batch_stats"]
    sizes = [(int(row["batch_size"]), int(row["compute_infer"]["count"])) for row in rows]
    return sum(size * count for size, count in sizes if size >= 8)


def test_many_texts_come_back_in_order_and_run_in_batches(http, triton):
    """Each as if it were alone; Triton puts the calls of one request into batches."""
    before = large_batches(triton)
    many = vectors(http, TEXTS)
    assert many.shape == (300, 384)
    np.testing.assert_allclose(np.linalg.norm(many, axis=1), 1, atol=1e-3)
    for place in (0, 150, 299):
        alone = vectors(http, [TEXTS[place]])[0]
        assert int(np.argmax(many @ alone)) == place
        assert many[place] @ alone > 0.999
    assert large_batches(triton) - before >= len(TEXTS) / 2


def test_as_many_requests_as_the_lane_takes_fit_the_models_queue(http):
    """Sixteen at work at once, each with many texts: none is refused."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: vectors(http, TEXTS[n : n + 64]), range(16)))
    assert all(len(answer) == 64 for answer in answers)


def test_the_best_of_many_documents(http):
    """The one that answers is found among hundreds, wherever it stands."""
    documents = [*TEXTS[:200], "Paris is the capital of France.", *TEXTS[200:]]
    body = {
        "model": "reranker",
        "query": "What is the capital of France?",
        "documents": documents,
        "top_n": 3,
    }
    answer = http.post("/v1/rerank", json=body)
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert len(results) == 3
    assert results[0]["index"] == 200
    assert results[0]["document"] == {"text": documents[200]}
    scores = [result["relevance_score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    assert 0.5 < scores[0] <= 1
    assert answer.json()["usage"]["total_tokens"] > 2 * len(documents)


@pytest.mark.parametrize("place", [0, 299])
def test_a_text_without_words_is_named(http, place):
    """Only the model sees that a text has no tokens; the caller learns which one."""
    texts = list(TEXTS)
    texts[place] = "\u200b\u200b"
    answer = http.post("/v1/embeddings", json={"model": "embedder", "input": texts})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("text_empty", "input")
    assert f"text {place} " in error["message"]
