"""Every config.pbtxt says what `tritone.contract` says."""

from pathlib import Path

import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from tritone import tensors
from tritone.contract import MODELS, Model

ROOT = Path(__file__).parents[2]
CONTROLS = {"START", "END", "READY", "CORRID"}
pytestmark = pytest.mark.unit


def read_config(model: Model) -> model_config_pb2.ModelConfig:
    """The parsed config of a model, from whichever repository has it."""
    (path,) = ROOT.glob(f"*/{model.name}/config.pbtxt")
    return text_format.Parse(path.read_text(), model_config_pb2.ModelConfig())


def declared(message: type, *, optional: bool) -> list[tuple]:
    """A message's tensors as comparable rows."""
    return [
        (
            field.name,
            "TYPE_STRING" if field.tensor.dtype == "BYTES" else f"TYPE_{field.tensor.dtype}",
            list(field.tensor.dims),
            field.optional and optional,
        )
        for field in tensors.fields(message)
    ]


def configured(entries, *, optional: bool) -> list[tuple]:
    """A config's tensors as comparable rows."""
    kind = model_config_pb2.DataType.Name
    return [
        (entry.name, kind(entry.data_type), list(entry.dims), optional and entry.optional)
        for entry in entries
    ]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_config_declares_the_tensors_of_the_contract(model):
    """Names, datatypes, shapes, order and optionality agree, for inputs and outputs."""
    config = read_config(model)
    assert configured(config.input, optional=True) == declared(model.request, optional=True)
    assert configured(config.output, optional=False) == declared(model.response, optional=False)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_config_has_the_batching_of_the_contract(model):
    """Transaction policy, batch size and batcher agree."""
    config = read_config(model)
    assert config.name == model.name
    assert config.backend == "python"
    assert config.max_batch_size == model.max_batch_size
    assert config.model_transaction_policy.decoupled == model.decoupled
    assert config.HasField("dynamic_batching") == (model.batching == "dynamic")
    assert config.HasField("sequence_batching") == (model.batching == "sequence")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_queues_are_bounded_where_that_costs_no_time(model):
    """A decoupled model has a limit of requests in flight.

    A dynamic batcher has none: Triton does not look ahead in a queue with a size or a timeout, and
    a request that comes while the model is busy then waits up to 0.5 s once the model is idle.
    """
    config = read_config(model)
    if model.batching == "dynamic":
        assert not config.dynamic_batching.HasField("default_queue_policy")
    if model.decoupled:
        assert int(config.parameters["max_in_flight"].string_value) > 0


@pytest.mark.parametrize(
    "model", [m for m in MODELS if m.batching == "dynamic"], ids=lambda model: model.name
)
def test_ragged_inputs_may_be_batched(model):
    """Inputs of any length say so, or Triton would batch only requests of equal length."""
    config = read_config(model)
    ragged = {entry.name for entry in config.input if entry.allow_ragged_batch}
    assert ragged == {
        field.name for field in tensors.fields(model.request) if not field.tensor.single
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_version_folder_is_small(model):
    """model.py is a choice of weights and engine, not a place for logic."""
    (path,) = ROOT.glob(f"*/{model.name}/1/model.py")
    assert len(path.read_text().splitlines()) <= 40


def test_repositories_hold_models_only():
    """Triton takes every folder of a repository for a model: there is nothing else in them."""
    names = {
        path.name for repo in ("model_repository", "ensembles") for path in (ROOT / repo).iterdir()
    }
    assert names == {model.name for model in MODELS}
