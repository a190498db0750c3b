"""The shell of models that answer once: one call to the engine for a whole batch of requests."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import triton_python_backend_utils as pb_utils

from tritone.backend.options import Options
from tritone.backend.wire import as_tritone_error, failure, read_rows, write_rows
from tritone.contract import Model
from tritone.errors import Cancelled, TritoneError

__all__ = ["Batched", "Sequenced", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a sequence, with Triton's control signals."""

    stream: int
    start: bool
    end: bool
    request: Any


class _Batch:
    """The requests of one `execute`, flattened into rows; failures stay with their request."""

    def __init__(self, model: Model[Any, Any], requests: Sequence[Any]) -> None:
        self.rows: list[Any] = []
        self.sources: list[Any] = []
        self._plan: list[slice | TritoneError] = []
        for request in requests:
            try:
                if request.is_cancelled():
                    raise Cancelled("the caller went away before its turn")  # noqa: TRY301
                rows = read_rows(model, request)
            except Exception as error:  # noqa: BLE001 - mapped to a code, logged, kept apart
                self._plan.append(as_tritone_error(error))
                continue
            self._plan.append(slice(len(self.rows), len(self.rows) + len(rows)))
            self.rows.extend(rows)
            self.sources.extend([request] * len(rows))

    def responses(self, results: Sequence[Any]) -> list[Any]:
        """One Triton response for each request, in order."""
        return [self._response(entry, results) for entry in self._plan]

    @staticmethod
    def _response(entry: slice | TritoneError, results: Sequence[Any]) -> Any:
        mine = [entry] if isinstance(entry, TritoneError) else results[entry]
        problem = next((item for item in mine if isinstance(item, TritoneError)), None)
        if problem is None:
            try:
                return pb_utils.InferenceResponse(write_rows(mine))
            except Exception as error:  # noqa: BLE001 - mapped to a code, logged, kept apart
                problem = as_tritone_error(error)
        return pb_utils.InferenceResponse([], error=failure(problem))


class Batched(ABC):
    """A `TritonPythonModel` over an engine that takes a batch and answers each member.

    A subclass names its `contract`, makes its engine in `load`, and calls it in `run`, which
    answers one response or one `TritoneError` for each request, in order.
    """

    contract: Model[Any, Any]

    @abstractmethod
    def load(self, options: Options) -> None:
        """Makes the engine. A `TritoneError` raised here becomes the model's load error."""

    @abstractmethod
    def run(self, batch: Sequence[Any]) -> Sequence[Any]:
        """Answers a batch."""

    def initialize(self, args: dict[str, str]) -> None:
        """Called by Triton once for each instance."""
        try:
            self.load(Options(self.contract.name, args["model_config"]))
        except Exception as error:
            raise pb_utils.TritonModelException(as_tritone_error(error).to_wire()) from error

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Called by Triton with the requests its batcher put together."""
        batch = _Batch(self.contract, requests)
        return batch.responses(self._results(self.prepare(batch)))

    def prepare(self, batch: _Batch) -> Sequence[Any]:
        """The rows as `run` takes them."""
        return batch.rows

    def _results(self, rows: Sequence[Any]) -> Sequence[Any]:
        if not rows:
            return ()
        try:
            return self.run(rows)
        except Exception as error:  # noqa: BLE001 - mapped to a code and logged
            return [as_tritone_error(error)] * len(rows)


class Sequenced(Batched):
    """A `Batched` model behind Triton's sequence batcher: `run` takes `Step`s.

    Triton adds the control tensors START, END and CORRID as the config declares them.
    """

    def prepare(self, batch: _Batch) -> Sequence[Any]:
        """Rows with the control signals of their request."""
        return [
            Step(
                stream=_control(source, "CORRID"),
                start=bool(_control(source, "START")),
                end=bool(_control(source, "END")),
                request=row,
            )
            for row, source in zip(batch.rows, batch.sources, strict=True)
        ]


def _control(request: Any, name: str) -> int:
    tensor = pb_utils.get_input_tensor_by_name(request, name)
    return int(tensor.as_numpy().flat[0])
