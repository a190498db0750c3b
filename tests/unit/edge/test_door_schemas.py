"""The OpenAPI document says what is refused: bounds are there, wherever they stand."""

import pytest
from litestar import Litestar
from litestar.di import Provide

from edge import openapi
from edge.routes import embeddings, models, rerank, transcriptions
from edge.schemas import components, either

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def app():
    given = {
        "caller": Provide(lambda: None, sync_to_thread=False),
        "catalog": Provide(lambda: None, sync_to_thread=False),
        "edge": Provide(lambda: None, sync_to_thread=False),
    }
    handlers = [
        embeddings.embeddings,
        models.list_models,
        rerank.rerank,
        rerank.rerank_v2,
        transcriptions.transcriptions,
    ]
    return Litestar(handlers, dependencies=given, openapi_config=openapi.config())


def test_each_schema_of_the_document_has_one_of_these(app):
    """By the same name, or some would be replaced and others not."""
    assert set(components(app)) == set(app.openapi_schema.to_schema()["components"]["schemas"])


def test_bounds_inside_lists_and_unions_are_kept(app):
    """Of texts, documents and numbers."""
    schemas = components(app)
    text, texts = schemas["EmbeddingsBody"]["properties"]["input"]["anyOf"]
    assert text["minLength"] == 1
    assert (texts["minItems"], texts["maxItems"]) == (1, 2048)
    assert texts["items"]["type"] == "string"
    body = schemas["RerankBody"]["properties"]
    assert body["documents"]["items"]["anyOf"][0]["minLength"] == 1
    assert body["top_n"]["anyOf"][0]["minimum"] == 1


def test_references_stay_within_the_document(app):
    """Each leads to a schema that is there."""
    schemas = components(app)
    assert schemas["ModelList"]["properties"]["data"]["items"] == {
        "$ref": "#/components/schemas/ModelObject"
    }
    assert "ModelObject" in schemas


def test_what_two_members_of_a_union_allow_is_allowed():
    """At any depth; everything else stays."""
    assert either({"a": [{"oneOf": [{"b": 1}], "c": "oneOf"}]}) == {
        "a": [{"anyOf": [{"b": 1}], "c": "oneOf"}]
    }
