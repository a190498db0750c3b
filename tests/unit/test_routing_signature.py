"""What a model can do is read from its configuration."""

import pytest
from tritonclient.grpc import model_config_pb2 as pb

from tests.unit.routing_kit import config, renamed
from tritone.contract import CHAT, EMBEDDER, LLM, MODELS, STT, VAD, VOICE
from tritone.routing.signature import ABILITIES, Signature

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_each_of_our_models_is_of_its_kind_and_no_other(model):
    """Their configurations fulfil their contract."""
    assert Signature.of(config(model.name)).kinds(model.name) == {model.request: model}


def test_every_kind_has_words():
    """A kind without them could not be named to a caller."""
    assert set(ABILITIES) == {model.request for model in MODELS}


def test_another_model_with_the_same_tensors_is_of_the_same_kind():
    """It keeps its name; a language model is a chat model, too."""
    kinds = Signature.of(renamed("llm", "qwen-7b")).kinds("qwen-7b")
    assert [model.name for model in kinds.values()] == ["qwen-7b"]
    assert set(kinds) == {LLM.request} == {CHAT.request}


def test_the_batch_axis_is_the_models_own():
    """Whether there is one depends on the configuration."""
    changed = renamed("embedder", "small")
    changed.max_batch_size = 0
    assert Signature.of(changed).kinds("small")[EMBEDDER.request].max_batch_size == 0


def lacking_an_input(changed):
    del changed.input[1]


def with_another_datatype(changed):
    changed.input[0].data_type = pb.TYPE_FP64


def wanting_more(changed):
    changed.input.add(name="more", data_type=pb.TYPE_STRING, dims=[1])


def lacking_an_output(changed):
    del changed.output[0]


def answering_often(changed):
    changed.model_transaction_policy.decoupled = True


def keeping_state(changed):
    changed.sequence_batching.SetInParent()


@pytest.mark.parametrize(
    "change",
    [lacking_an_input, with_another_datatype, wanting_more, lacking_an_output, answering_often,
     keeping_state],
)  # fmt: skip
def test_one_difference_that_matters_makes_it_another_kind(change):
    """It could not be called as the contract says."""
    changed = renamed("stt", "other")
    assert Signature.of(changed).fulfils(STT)
    change(changed)
    assert not Signature.of(changed).fulfils(STT)


def test_vectors_of_another_width_are_another_kind():
    """The contract names the width, and callers store it."""
    changed = renamed("embedder", "wide")
    changed.output[0].dims[0] = 768
    assert not Signature.of(changed).kinds("wide")


def test_optional_extras_do_not_matter():
    """Neither an input that may be left out nor another output."""
    changed = renamed("vad", "newer")
    changed.input.add(name="more", data_type=pb.TYPE_STRING, dims=[1], optional=True)
    changed.output.add(name="more", data_type=pb.TYPE_STRING, dims=[1])
    assert Signature.of(changed).fulfils(VAD)


def test_an_output_that_may_be_missing_may_be_missing():
    """`voice` sends audio with some of its answers only."""
    changed = renamed("voice", "mute")
    left = [output for output in changed.output if output.name != "audio"]
    del changed.output[:]
    changed.output.extend(left)
    assert Signature.of(changed).fulfils(VOICE)
