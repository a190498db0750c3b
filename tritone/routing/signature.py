"""What a model of a Triton takes and gives, and which of our contracts that fulfils."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Final, Self

from tritone import tensors
from tritone.contract import (
    EMBEDDER,
    INTENT,
    LLM,
    MODELS,
    RERANKER,
    STT,
    TTS,
    VAD,
    VOICE,
    Model,
)

__all__ = ["ABILITIES", "Ability", "Signature"]


@dataclass(frozen=True, slots=True)
class Ability:
    """What a model with some contract is good for.

    Attributes:
        capabilities: in the words of the list of models.
        verb: in a sentence: "'stt' cannot …".
    """

    capabilities: tuple[str, ...]
    verb: str


ABILITIES: Final[dict[type[Any], Ability]] = {
    LLM.request: Ability(("chat", "completion"), "write text"),
    STT.request: Ability(("transcription", "translation"), "transcribe speech"),
    TTS.request: Ability(("speech",), "speak"),
    EMBEDDER.request: Ability(("embedding",), "embed text"),
    RERANKER.request: Ability(("rerank",), "rank documents"),
    VAD.request: Ability(("vad",), "find speech in audio"),
    INTENT.request: Ability(("intent",), "find intents"),
    VOICE.request: Ability(("voice",), "hold a spoken turn"),
}
"""By request class: models that take the same requests are of one kind."""

_DATATYPES: Final = {"TYPE_STRING": "BYTES"}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a Triton's configuration, without the batch axis."""

    datatype: str
    dims: tuple[int, ...]
    optional: bool

    def carries(self, ours: tensors.Tensor) -> bool:
        """Whether it can hold what the contract's tensor holds."""
        return (
            self.datatype == ours.dtype
            and len(self.dims) == len(ours.dims)
            and all(
                -1 in (theirs, mine) or theirs == mine
                for theirs, mine in zip(self.dims, ours.dims, strict=True)
            )
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """The inputs, outputs and manners of a model, read from its `config.pbtxt`."""

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]
    max_batch_size: int
    decoupled: bool
    sequential: bool

    @classmethod
    def of(cls, config: Any) -> Self:
        """Reads a `ModelConfig` (tritonclient.grpc.model_config_pb2)."""
        return cls(
            inputs=_tensors(config.input),
            outputs=_tensors(config.output),
            max_batch_size=config.max_batch_size,
            decoupled=config.model_transaction_policy.decoupled,
            sequential=config.HasField("sequence_batching"),
        )

    def fulfils(self, contract: Model[Any, Any]) -> bool:
        """Whether such a model can be called as the contract says."""
        if self.decoupled != contract.decoupled:
            return False
        if self.sequential != (contract.batching == "sequence"):
            return False
        ours = {field.name: field for field in tensors.fields(contract.request)}
        takes = all(
            name in self.inputs and self.inputs[name].carries(field.tensor)
            for name, field in ours.items()
        )
        wants_more = any(
            not theirs.optional for name, theirs in self.inputs.items() if name not in ours
        )
        gives = all(
            self.outputs[field.name].carries(field.tensor)
            if field.name in self.outputs
            else field.optional
            for field in tensors.fields(contract.response)
        )
        return takes and not wants_more and gives

    def kinds(self, name: str) -> dict[type[Any], Model[Any, Any]]:
        """How a model of this name may be called, by the class of the requests."""
        found = {}
        for request in ABILITIES:
            alike = [model for model in MODELS if model.request is request]
            contract = next((model for model in alike if model.name == name), alike[0])
            if self.fulfils(contract):
                found[request] = dataclasses.replace(
                    contract, name=name, max_batch_size=self.max_batch_size
                )
        return found


def _tensors(entries: Any) -> dict[str, Tensor]:
    return {
        entry.name: Tensor(_datatype(entry), tuple(entry.dims), getattr(entry, "optional", False))
        for entry in entries
    }


def _datatype(entry: Any) -> str:
    values = entry.DESCRIPTOR.fields_by_name["data_type"].enum_type.values_by_number
    name = str(values[entry.data_type].name)
    return _DATATYPES.get(name, name.removeprefix("TYPE_"))
