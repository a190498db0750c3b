"""GET /v1/models and one of them: OpenAI's shape, and what we say beyond it."""

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.testing import TestClient

from edge.errors import on_error
from edge.routes.models import list_models, retrieve_model
from tests.unit.test_routing_catalog import backend, catalog, model
from tritone.errors import TritoneError

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def client():
    known = catalog(
        backend("embedder", llm=model("llm", {"1": "READY", "2": "LOADING"})),
        backend("embedder", up=False),
        **{"gpt-4o-mini": "llm", "org/new": "llm@2"},
    )
    app = Litestar(
        [list_models, retrieve_model],
        dependencies={"catalog": Provide(lambda: known, sync_to_thread=False)},
        exception_handlers={TritoneError: on_error, HTTPException: on_error, Exception: on_error},
        logging_config=None,
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_models_and_aliases_are_listed(client):
    """An alias is an entry of its own, for clients that look for its name."""
    answer = client.get("/v1/models").json()
    assert answer["object"] == "list"
    ids = [entry["id"] for entry in answer["data"]]
    assert ids == ["embedder", "llm", "gpt-4o-mini", "org/new"]
    for entry in answer["data"]:
        assert entry["object"] == "model"
        assert entry["owned_by"] == "tritone"
        assert isinstance(entry["created"], int)
        assert entry["created"] > 0


def test_an_entry_says_versions_state_capabilities_and_backends(client):
    """States are the best there is; one that is down is unreachable."""
    by_id = {entry["id"]: entry for entry in client.get("/v1/models").json()["data"]}
    assert by_id["llm"]["capabilities"] == ["chat", "completion"]
    assert by_id["llm"]["aliases"] == ["gpt-4o-mini", "org/new"]
    assert by_id["llm"]["versions"] == [
        {"version": "1", "state": "ready", "backends": {"ready": 1}},
        {"version": "2", "state": "loading", "backends": {"loading": 1}},
    ]
    assert by_id["embedder"]["state"] == "ready"
    assert by_id["embedder"]["backends"] == {"ready": 1, "unreachable": 1}


@pytest.mark.parametrize("name", ["llm", "llm@2", "gpt-4o-mini", "org/new", "org%2Fnew"])
def test_one_model_is_found_by_any_of_its_names(client, name):
    """Also by one with a slash, escaped or not; its id is the name that was asked for."""
    answer = client.get(f"/v1/models/{name}")
    assert answer.status_code == 200
    assert answer.json()["id"] == name.replace("%2F", "/")
    assert answer.json()["capabilities"] == ["chat", "completion"]


@pytest.mark.parametrize("name", ["nope", "llm@7", "llm/1", "%20", "llm@"])
def test_an_unknown_model_is_a_404_in_openais_shape(client, name):
    """With the names there are."""
    answer = client.get(f"/v1/models/{name}")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["code"] == "model_not_found"
    assert error["param"] == "model"
    assert "llm" in error["message"] or "it has 1" in error["message"]
