"""GET /v1/models of a real door before a real Triton, with an unmodified client."""

import openai
import pytest

from tritone.contract import MODELS

pytestmark = pytest.mark.triton


@pytest.fixture
def api(door):
    """OpenAI's client."""
    with openai.OpenAI(base_url=door.api, api_key="none", max_retries=0) as client:
        yield client


def test_every_model_and_alias_is_listed(api):
    """With its state and what it can do."""
    found = {model.id: model for model in api.models.list()}
    assert {model.name for model in MODELS} <= set(found)
    for name, like in (("gpt-4o-mini", "chat"), ("whisper-1", "stt"), ("tts-1", "tts")):
        assert found[name].capabilities == found[like].capabilities
        assert name in found[like].aliases
    for name in ("llm", "chat"):
        assert found[name].capabilities == ["chat", "completion"]
    assert all(model.state == "ready" for model in found.values())
    assert all(model.object == "model" and model.capabilities for model in found.values())


def test_one_model_is_retrieved_by_name_version_and_alias(api):
    """Whatever an entry of the list is called."""
    for name in ("llm", "llm@1", "gpt-4o-mini"):
        found = api.models.retrieve(name)
        assert found.id == name
        assert [version["version"] for version in found.versions] == ["1"]


def test_an_unknown_model_is_not_found(api):
    """The error has OpenAI's shape, so the client raises its own class for it."""
    with pytest.raises(openai.NotFoundError) as caught:
        api.models.retrieve("gpt-17")
    assert caught.value.code == "model_not_found"
    assert "'gpt-17'" in caught.value.message
