"""Which backend gets a call."""

from collections import Counter
from types import SimpleNamespace

import pytest

from tests.unit.test_routing_catalog import backend, model
from tritone.contract import EMBEDDER, LLM, RERANKER, Model
from tritone.errors import ModelNotFound, ModelNotReady, ServerUnreachable
from tritone.routing import Address, Seen
from tritone.routing.choice import choose, refusal

pytestmark = pytest.mark.unit

GIB = 1 << 30


def place(port, seen=None, *, spared=False, doubtful=False, gpu=None, **in_flight):
    """A backend as far as the choice looks at it."""
    return SimpleNamespace(
        address=Address("host", port),
        seen=seen or backend("llm", "embedder"),
        welcomes=lambda _: not spared,
        doubtful=doubtful,
        free_gpu_memory=gpu,
        in_flight=Counter(in_flight),
        total=sum(in_flight.values()),
    )


def chosen(*places, of=LLM, turn=0, but=None):
    """The port of the one that is chosen."""
    found = choose(places, of, turn, but)
    return found.address.grpc_port if found else None


def test_the_one_with_least_calls_of_the_model_is_taken():
    """Others of its models come second."""
    assert chosen(place(1, llm=2), place(2, llm=1, embedder=9)) == 2
    assert chosen(place(1, llm=1, embedder=2), place(2, llm=1, embedder=1)) == 2


def test_with_the_same_load_free_gpu_memory_decides():
    """Steps smaller than a GiB are noise; without a GPU there is none."""
    assert chosen(place(1, gpu=4 * GIB), place(2, gpu=9 * GIB), place(3)) == 2
    assert chosen(place(1, gpu=9 * GIB, llm=1), place(2)) == 2
    assert {
        chosen(place(1, gpu=4 * GIB), place(2, gpu=4 * GIB + 5), turn=turn) for turn in (0, 1)
    } == {1, 2}


def test_equals_take_turns():
    """One after the other."""
    places = [place(port) for port in (1, 2, 3)]
    assert [chosen(*places, turn=turn) for turn in range(6)] == [1, 2, 3, 1, 2, 3]


def test_only_those_that_have_the_version_ready_count():
    """Not one that is down, lacks the model, loads it, or has another version."""
    pinned = Model("llm", LLM.request, LLM.response, "in_flight", decoupled=True, version="2")
    places = [
        place(1, backend("llm", up=False)),
        place(2, backend("embedder")),
        place(3, backend(llm=model("llm", {"1": "LOADING", "2": "UNAVAILABLE"}))),
        place(4, backend("llm"), llm=5),
        place(5, backend(llm=model("llm", {"1": "READY", "2": "READY"})), llm=7),
        place(6, Seen()),
    ]
    assert chosen(*places) == 4
    assert chosen(*places, of=pinned) == 5
    assert chosen(*places[:3]) is None


def test_only_those_whose_model_is_of_the_kind_count():
    """While backends are renewed, a name may mean two things."""
    other = backend(reranker=model("reranker", kind="embedder"))
    assert chosen(place(1, other), place(2, backend("reranker"), reranker=3), of=RERANKER) == 2


def test_what_failed_lately_is_spared_unless_nothing_else_is_left():
    """Trying is better than refusing; one that does not answer at all comes last."""
    spared, doubtful = place(1, spared=True), place(2, doubtful=True)
    assert chosen(spared, doubtful, place(3, llm=99)) == 3
    assert chosen(doubtful, spared) == 1
    assert chosen(doubtful) == 2


def test_a_second_try_goes_elsewhere():
    """Or nowhere."""
    first, second = place(1), place(2, llm=9)
    assert chosen(first, second, but=first) == 2
    assert chosen(first, but=first) is None


@pytest.mark.parametrize(
    ("seen", "error", "text"),
    [
        ([Seen(), Seen()], ServerUnreachable, "no Triton at host:0, host:1"),
        ([backend("llm", up=False)], ServerUnreachable, "no Triton at host:0"),
        ([backend("llm", up=False), backend("stt")], ServerUnreachable, "on host:0 only"),
        ([backend(llm=model("llm", {"1": "LOADING"}))], ModelNotReady, "'llm' is not loaded"),
        ([backend("stt"), Seen()], ModelNotReady, "no Triton that answers has 'llm'"),
    ],
)
def test_a_refusal_says_why_and_when_to_try_again(seen, error, text):
    """The model is known, or may be on a server that has not been seen."""
    with pytest.raises(error, match=text) as caught:
        raise refusal([place(port, each) for port, each in enumerate(seen)], LLM)
    assert caught.value.retry_after


def test_a_model_that_nobody_has_is_not_found():
    """Trying again would not help."""
    with pytest.raises(ModelNotFound, match="has a model 'embedder'") as caught:
        raise refusal([place(1, backend("llm"))], EMBEDDER)
    assert caught.value.retry_after is None
