"""POST /v1/embeddings and the two /rerank, from bytes to bytes, with a double for the models."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient

from edge.errors import on_error
from edge.routes import embeddings, rerank
from tritone.contract import EMBEDDER, RERANKER, EmbedResponse, RerankRequest, RerankResponse
from tritone.errors import ModelNotFound, TritoneError

pytestmark = pytest.mark.unit


class Models:
    """A caller: a text's vector is its length everywhere, a document's score a tenth of it."""

    async def infer(self, model: Any, request: Any, **_: Any) -> Any:
        if isinstance(request, RerankRequest):
            scores = [len(text) / 10 - 0.1 for text in request.documents]
            return RerankResponse(scores=np.array(scores, np.float32), tokens=7)
        vector = np.full(384, len(request.text), np.float32)
        return EmbedResponse(embedding=vector, tokens=5)


class Names:
    """A catalog of two names."""

    def resolve(self, name: str, like: Any) -> Any:
        if {"embedder": EMBEDDER, "reranker": RERANKER}.get(name) is not like:
            raise ModelNotFound(f"there is no model '{name}'", param="model")
        return like


@pytest.fixture(scope="module")
def client():
    models, names = Models(), Names()
    app = Litestar(
        [embeddings.embeddings, rerank.rerank, rerank.rerank_v2],
        dependencies={
            "caller": Provide(lambda: models, sync_to_thread=False),
            "catalog": Provide(lambda: names, sync_to_thread=False),
        },
        exception_handlers={TritoneError: on_error, Exception: on_error},
        logging_config=None,
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def embed(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/embeddings", json={"model": "embedder", **body})


def sort(client: TestClient, path: str = "/v1/rerank", **body: Any) -> Any:
    return client.post(path, json={"model": "reranker", "query": "q", **body})


def test_one_text_or_several(client):
    """In the order sent, numbered, with the tokens of all."""
    answer = embed(client, input="abc")
    assert answer.status_code == 200
    assert answer.json() == {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [3.0] * 384}],
        "model": "embedder",
        "usage": {"prompt_tokens": 5, "total_tokens": 5},
    }
    answer = embed(client, input=["a", "bbb", "cc"]).json()
    assert [item["index"] for item in answer["data"]] == [0, 1, 2]
    assert [item["embedding"][0] for item in answer["data"]] == [1.0, 3.0, 2.0]
    assert answer["usage"] == {"prompt_tokens": 15, "total_tokens": 15}


def test_vectors_as_base64(client):
    """FP32, little-endian."""
    answer = embed(client, input="abcd", encoding_format="base64").json()
    data = base64.b64decode(answer["data"][0]["embedding"])
    assert np.frombuffer(data, "<f4").tolist() == [4.0] * 384


def test_dimensions_may_say_what_the_model_has(client):
    """And nothing else; the message says what to do."""
    assert embed(client, input="a", dimensions=384).status_code == 200
    answer = embed(client, input="a", dimensions=256)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("unsupported", "dimensions")
    assert "384" in error["message"]


@pytest.mark.parametrize("ids", [[1, 2, 3], [[1, 2], [3]], ["a", [1]]])
def test_token_ids_are_refused_with_the_remedy(client, ids):
    """They are those of another model's vocabulary."""
    answer = embed(client, input=ids)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("unsupported", "input")
    assert "send the text" in error["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": ""},
        {"input": []},
        {"input": [""]},
        {"input": ["a", "  "]},
        {"input": ["a"] * 2049},
        {"input": None},
        {"input": 3},
        {"input": [None]},
        {"input": "a", "encoding_format": "hex"},
        {"input": "a", "dimensions": 0},
    ],
)
def test_what_cannot_be_embedded_is_refused(client, body):
    """400, in OpenAI's shape."""
    answer = embed(client, **body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]


def test_what_is_not_text_is_refused(client):
    """A lone surrogate cannot be written as UTF-8."""
    for path, model in (("/v1/embeddings", "embedder"), ("/v1/rerank", "reranker")):
        body = json.dumps(
            {"model": model, "input": "\ud800", "query": "\ud800", "documents": ["a"]}
        )
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400


def test_nesting_without_end_is_refused(client):
    """The reader of JSON gives up with an error of Python's own; it is the caller's fault."""
    body = '{"model": "embedder", "input": ' + "[" * 20_000 + "]" * 20_000 + "}"
    answer = client.post(
        "/v1/embeddings", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "body_invalid"


def test_an_unknown_model_is_not_found(client):
    """404, from each of them."""
    assert client.post("/v1/embeddings", json={"model": "x", "input": "a"}).status_code == 404
    body = {"model": "x", "query": "q", "documents": ["a"]}
    for path in ("/v1/rerank", "/v2/rerank"):
        answer = client.post(path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


def test_fields_that_mean_nothing_here_are_ignored(client):
    """Clients send what their own server knows."""
    assert embed(client, input="a", user="me", task="retrieval.query").status_code == 200
    assert sort(client, documents=["a"], rank_fields=["text"]).status_code == 200


def test_documents_come_back_best_first(client):
    """As Jina answers: texts included, tokens counted, scores in 0 to 1."""
    answer = sort(client, documents=["aaa", {"text": "aaaaaa"}, "a"])
    assert answer.status_code == 200
    body = answer.json()
    assert body["object"] == "list"
    assert body["model"] == "reranker"
    assert body["id"]
    assert body["usage"] == {"prompt_tokens": 7, "total_tokens": 7}
    assert [result["index"] for result in body["results"]] == [1, 0, 2]
    assert [result["document"] for result in body["results"]] == [
        {"text": "aaaaaa"},
        {"text": "aaa"},
        {"text": "a"},
    ]
    scores = [result["relevance_score"] for result in body["results"]]
    assert scores == pytest.approx([0.5, 0.2, 0.0], abs=1e-6)
    assert all(0 <= score <= 1 for score in scores)


def test_scores_stay_within_their_range(client):
    """An engine that answers beyond it does not break a client that relies on it."""
    (result,) = sort(client, documents=["a" * 20]).json()["results"]
    assert result["relevance_score"] == 1.0


def test_the_best_few_without_their_texts(client):
    """`top_n` and `return_documents`."""
    documents = ["aaa", "aaaaaa", "a"]
    body = sort(client, documents=documents, top_n=2, return_documents=False).json()
    assert [set(result) for result in body["results"]] == [{"index", "relevance_score"}] * 2


def test_coheres_second_version_has_its_own_shape(client):
    """No texts, no model; tokens in `meta`."""
    body = sort(client, "/v2/rerank", documents=["aaa", "aaaaaa"], top_n=1).json()
    assert set(body) == {"id", "results", "meta"}
    assert set(body["results"][0]) == {"index", "relevance_score"}
    assert body["meta"] == {"api_version": {"version": "2"}, "tokens": {"input_tokens": 7}}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"documents": []},
        {"documents": [""]},
        {"documents": [{"title": "a"}]},
        {"documents": ["a"] * 1001},
        {"documents": "a"},
        {"documents": ["a"], "top_n": 0},
        {"documents": ["a"], "query": " "},
        {"documents": ["a"], "query": ["q"]},
    ],
)
@pytest.mark.parametrize("path", ["/v1/rerank", "/v2/rerank"])
def test_what_cannot_be_sorted_is_refused(client, path, body):
    """400, in OpenAI's shape."""
    answer = sort(client, path, **body)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
