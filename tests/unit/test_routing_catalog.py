"""Names of models: their versions, aliases, kinds, and what is said of unknown ones."""

import dataclasses

import pytest

from tests.unit.routing_kit import config, renamed
from tritone.contract import CHAT, EMBEDDER, LLM, MODELS, STT
from tritone.errors import ModelNotFound, ModelNotReady, ServerUnreachable, Unsupported
from tritone.routing import Catalog, Seen, SeenModel
from tritone.routing.signature import Signature

pytestmark = pytest.mark.unit

READY = {"1": "READY"}


def model(name, versions=READY, kind=None):
    """A model as a backend tells it."""
    told = renamed(kind, name) if kind else config(name)
    return SeenModel(versions, Signature.of(told).kinds(name))


def backend(*names, up=True, **others):
    """A backend with some of our models, and others."""
    return Seen(up=up, ever=True, models={name: model(name) for name in names} | others)


def catalog(*backends, **aliases):
    """What is known of backends a, b, …"""
    made = Catalog(aliases)
    made.update(dict(zip("abc", backends, strict=False)))
    return made


ALL = backend(*(one.name for one in MODELS))


@pytest.mark.parametrize("one", MODELS, ids=lambda one: one.name)
def test_our_models_resolve_to_themselves(one):
    """By name, as their own kind."""
    assert catalog(ALL).resolve(one.name, one) == one


def test_another_model_of_a_kind_resolves_to_a_model_of_its_name():
    """Called like the one it is like."""
    found = catalog(backend("llm", **{"qwen-7b": model("qwen-7b", kind="llm")}))
    assert found.resolve("qwen-7b", LLM) == dataclasses.replace(LLM, name="qwen-7b")
    assert found.resolve("llm", CHAT) == LLM


def test_a_version_resolves_to_the_pinned_model():
    """Any that a backend lists."""
    found = catalog(backend(llm=model("llm", {"1": "READY", "2": "LOADING"})))
    assert found.resolve("llm@2", LLM) == dataclasses.replace(LLM, version="2")
    assert found.resolve("llm", LLM).version == ""


def test_an_alias_resolves_to_what_it_stands_for():
    """A model or a version, also under the model's own name; but to no other alias."""
    two = backend("chat", llm=model("llm", {"1": "READY", "2": "READY"}))
    found = catalog(two, gpt="chat", new="llm@2", llm="llm@1", chained="gpt", lost="nothing")
    assert found.resolve("gpt", CHAT) == CHAT
    assert found.resolve("new", LLM).version == "2"
    assert found.resolve("llm", LLM).version == "1"
    assert found.resolve("llm@2", LLM).version == "2"
    for name in ("chained", "lost"):
        with pytest.raises(ModelNotFound):
            found.resolve(name, CHAT)


def test_an_unknown_name_is_told_with_the_names_there_are():
    """And with the field of the request that is at fault."""
    found = catalog(backend("llm", "stt"), gpt="llm")
    for name in ("nope", "", "llm@", "@1", "llm@@1"):
        with pytest.raises(ModelNotFound) as caught:
            found.resolve(name, LLM)
        assert caught.value.param == "model"
    with pytest.raises(ModelNotFound, match="'nope'; there is llm, stt, gpt"):
        found.resolve("nope", LLM)
    with pytest.raises(ModelNotFound, match="'llm' has no version 7: it has 1"):
        found.resolve("llm@7", LLM)


def test_a_model_of_another_kind_is_told_with_those_that_can():
    """`stt` writes no text."""
    with pytest.raises(
        Unsupported, match="'stt' cannot write text: take 'chat' or 'llm'"
    ) as caught:
        catalog(ALL).resolve("stt", CHAT)
    assert caught.value.param == "model"
    with pytest.raises(Unsupported, match=r"'llm' cannot transcribe speech$"):
        catalog(backend("llm")).resolve("llm", STT)


def test_a_model_of_no_kind_of_ours_is_listed_but_cannot_be_called():
    """It may be there for other clients."""
    strange = renamed("embedder", "wide")
    strange.output[0].dims[0] = 768
    found = catalog(backend(wide=SeenModel(READY, Signature.of(strange).kinds("wide"))))
    with pytest.raises(Unsupported):
        found.resolve("wide", EMBEDDER)
    assert found.card("wide").capabilities == ()


def test_a_model_that_was_never_loaded_is_not_ready():
    """Nobody knows yet what it is."""
    found = catalog(Seen(up=True, ever=True, models={"new": SeenModel({})}))
    with pytest.raises(ModelNotReady):
        found.resolve("new", LLM)
    assert found.card("new").state == "unavailable"


def test_nothing_is_called_unknown_before_every_backend_was_seen():
    """Ours resolve by their contract; of others nobody can tell."""
    found = catalog(backend("stt"), Seen(), gpt="chat")
    assert found.resolve("llm", LLM) == LLM
    assert found.resolve("gpt", CHAT) == CHAT
    with pytest.raises(ServerUnreachable, match="b has not answered yet"):
        found.resolve("nope", LLM)


def test_models_of_a_backend_that_is_down_stay_known():
    """Whether they can be called is another question."""
    found = catalog(backend("stt"), backend("llm", up=False))
    assert found.resolve("llm", LLM) == LLM
    assert found.card("llm").state == "unreachable"


def test_a_card_tells_versions_and_states_by_backend():
    """Its state is the best there is."""
    found = catalog(
        backend(llm=model("llm", {"2": "READY", "10": "LOADING"})),
        backend(llm=model("llm", {"2": "UNAVAILABLE"})),
        backend("llm", up=False),
        gpt="llm",
        new="llm@10",
    )
    (card,) = found.cards()
    assert list(card.versions) == ["1", "2", "10"]
    assert card.versions == {
        "1": {"c": "unreachable"},
        "2": {"a": "ready", "b": "unavailable"},
        "10": {"a": "loading"},
    }
    assert card.backends == {"a": "ready", "b": "unavailable", "c": "unreachable"}
    assert card.state == card.state_of("2") == "ready"
    assert card.state_of("10") == "loading"
    assert card.capabilities == ("chat", "completion")
    assert card.aliases == ("gpt", "new")
    assert found.card("new") == found.card("llm@2") == card


def test_what_is_gone_from_every_backend_is_gone():
    """The list follows what backends say; when a model was first seen does not change."""
    found = catalog(backend("llm", "stt"))
    created = found.card("llm").created
    found.update({"a": backend("llm")})
    assert [card.name for card in found.cards()] == ["llm"]
    assert found.card("llm").created == created
    with pytest.raises(ModelNotFound):
        found.card("stt")
    with pytest.raises(ModelNotFound):
        found.resolve("stt", STT)


def test_while_backends_are_renewed_the_new_kind_counts():
    """One that still runs the model of before cannot be called like this, another can."""
    old = renamed("stt", "stt")
    del old.input[1:]
    before = SeenModel(READY, Signature.of(old).kinds("stt"))
    assert catalog(backend(stt=before), backend("stt")).resolve("stt", STT) == STT
    assert not before.fits(STT)
