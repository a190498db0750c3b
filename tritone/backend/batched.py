"""The shell of models that answer once: one call to the engine for a whole batch of requests."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import triton_python_backend_utils as pb_utils

from tritone.backend.options import Options
from tritone.backend.wire import FINAL, as_tritone_error, failure, read_rows, write_rows
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


@dataclass(slots=True)
class _Entry:
    """One Triton request of a batch and what has come of its rows."""

    request: Any
    sender: Any
    results: list[Any]
    missing: int

    def put(self, place: int, result: Any) -> None:
        """Takes one row's result; answers the request with the last one."""
        self.results[place] = result
        self.missing -= 1
        if self.missing == 0:
            self.sender.send(self._response(), flags=FINAL)

    def refuse(self, error: TritoneError) -> None:
        """Answers the request with an error, unless it was answered."""
        if self.missing > 0 or not self.results:
            self.missing, self.results = 0, [error]
            self.sender.send(self._response(), flags=FINAL)

    def _response(self) -> Any:
        problem = next((item for item in self.results if isinstance(item, TritoneError)), None)
        if problem is None:
            try:
                return pb_utils.InferenceResponse(write_rows(self.results))
            except Exception as error:  # noqa: BLE001 - mapped to a code, logged, kept apart
                problem = as_tritone_error(error)
        return pb_utils.InferenceResponse([], error=failure(problem))


class Batched(ABC):
    """A `TritonPythonModel` over an engine that takes a batch and answers each member.

    A subclass names its `contract`, makes its engine in `load`, and calls it in `run`, which
    answers one response or one `TritoneError` for each member of the batch, with its place. Each
    request is answered as soon as its rows are, so nobody waits for a slower neighbour.
    """

    contract: Model[Any, Any]

    @abstractmethod
    def load(self, options: Options) -> None:
        """Makes the engine. A `TritoneError` raised here becomes the model's load error."""

    @abstractmethod
    def run(self, batch: Sequence[Any]) -> Iterable[tuple[int, Any]]:
        """Answers a batch: pairs of place and result, every place once, in any order."""

    def initialize(self, args: dict[str, str]) -> None:
        """Called by Triton once for each instance."""
        try:
            self.load(Options(self.contract.name, args["model_config"]))
        except Exception as error:
            raise pb_utils.TritonModelException(as_tritone_error(error).to_wire()) from error

    def execute(self, requests: Sequence[Any]) -> None:
        """Called by Triton with the requests its batcher put together."""
        entries, rows, owners = [], [], []
        for request in requests:
            entry = _Entry(request, request.get_response_sender(), [], 0)
            try:
                entry.results = self.read(request)
            except Exception as error:  # noqa: BLE001 - mapped to a code, logged, kept apart
                entry.refuse(as_tritone_error(error))
                continue
            entry.missing = len(entry.results)
            owners += [(entry, place) for place in range(entry.missing)]
            rows += entry.results
            entries.append(entry)
        try:
            for place, result in self.run(rows) if rows else ():
                entry, own_place = owners[place]
                entry.put(own_place, result)
        except Exception as error:  # noqa: BLE001 - mapped to a code and logged
            for entry in entries:
                entry.refuse(as_tritone_error(error))

    def read(self, request: Any) -> list[Any]:
        """The rows of one request. Raises a `TritoneError` when they are not as agreed."""
        if request.is_cancelled():
            raise Cancelled("the caller went away before its turn")
        return read_rows(self.contract, request)


class Sequenced(Batched):
    """A `Batched` model behind Triton's sequence batcher: `run` takes `Step`s.

    Triton adds the control tensors START, END and CORRID as the config declares them.
    """

    def read(self, request: Any) -> list[Any]:
        """Rows with the control signals of their request."""
        stream, start, end = (_control(request, name) for name in ("CORRID", "START", "END"))
        return [Step(stream, bool(start), bool(end), row) for row in super().read(request)]


def _control(request: Any, name: str) -> int:
    tensor = pb_utils.get_input_tensor_by_name(request, name)
    return int(tensor.as_numpy().flat[0])
