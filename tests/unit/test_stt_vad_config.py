"""The config.pbtxt of `stt` and `vad` against the contract, parsed as Triton parses it."""

from pathlib import Path

import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from tritone.contract import STT, VAD
from tritone.tensors import fields

pytestmark = pytest.mark.unit

REPOSITORY = Path(__file__).parents[2] / "model_repository"
TYPES = {"BYTES": "TYPE_STRING"}


def config(model):
    """The parsed configuration of a model."""
    text = (REPOSITORY / model.name / "config.pbtxt").read_text()
    return text_format.Parse(text, model_config_pb2.ModelConfig())


def tensors(entries):
    """Name, type and dims of configured tensors."""
    return [(e.name, model_config_pb2.DataType.Name(e.data_type), tuple(e.dims)) for e in entries]


def contracted(message):
    """The same of a message in the contract."""
    return [
        (f.name, TYPES.get(f.tensor.dtype, f"TYPE_{f.tensor.dtype}"), f.tensor.dims)
        for f in fields(message)
    ]


@pytest.mark.parametrize("model", [STT, VAD], ids=lambda model: model.name)
def test_names_types_and_shapes_are_the_contracts(model):
    """One source of truth: the configuration repeats it exactly, in order."""
    parsed = config(model)
    assert parsed.name == model.name
    assert parsed.backend == "python"
    assert parsed.max_batch_size == model.max_batch_size
    assert tensors(parsed.input) == contracted(model.request)
    assert tensors(parsed.output) == contracted(model.response)
    assert parsed.model_transaction_policy.decoupled is model.decoupled


@pytest.mark.parametrize("model", [STT, VAD], ids=lambda model: model.name)
def test_tensors_with_a_default_are_optional_and_audio_is_ragged(model):
    """A caller may leave out what has a default; recordings differ in length."""
    parsed = config(model)
    assert [e.optional for e in parsed.input] == [f.optional for f in fields(model.request)]
    ragged = [e.name for e in parsed.input if e.allow_ragged_batch]
    assert ragged == ["audio"]


def test_stt_waits_a_moment_for_others_to_batch_with():
    """So short that nobody notices."""
    assert 0 < config(STT).dynamic_batching.max_queue_delay_microseconds <= 10_000


def test_vad_gets_the_signals_that_its_state_needs():
    """START, END and a 64-bit CORRID, and one instance so that a stream stays with its state."""
    parsed = config(VAD)
    controls = parsed.sequence_batching.control_input
    kinds = model_config_pb2.ModelSequenceBatching.Control.Kind
    signals = {
        each.name: kinds.Name(each.control[0].kind)
        for each in parsed.sequence_batching.control_input
    }
    assert signals == {
        "START": "CONTROL_SEQUENCE_START",
        "END": "CONTROL_SEQUENCE_END",
        "CORRID": "CONTROL_SEQUENCE_CORRID",
    }
    corrid = controls[-1].control[0]
    assert corrid.data_type == model_config_pb2.TYPE_UINT64
    assert parsed.sequence_batching.WhichOneof("strategy_choice") == "oldest"
    assert [group.count for group in parsed.instance_group] == [1]
    streams = int(parsed.parameters["max_streams"].string_value)
    assert parsed.sequence_batching.oldest.max_candidate_sequences <= streams
