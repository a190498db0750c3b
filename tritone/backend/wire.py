"""Between Triton's Python objects and the contract's messages.

The module `triton_python_backend_utils` exists only inside Triton's Python stub process.
API: https://github.com/triton-inference-server/python_backend
"""

import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import triton_python_backend_utils as pb_utils

from tritone import tensors
from tritone.contract import Model
from tritone.errors import Internal, Kind, ShapeMismatch, TritoneError

__all__ = [
    "FINAL",
    "as_tritone_error",
    "failure",
    "read_rows",
    "read_single",
    "to_tensors",
    "write_rows",
]

FINAL: Final = pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL
"""Flag of the last response to a request."""

_STATUS: Final = {
    Kind.INVALID_ARGUMENT: "INVALID_ARG",
    Kind.CANCELLED: "CANCELLED",
    Kind.DEADLINE_EXCEEDED: "CANCELLED",
    Kind.RESOURCE_EXHAUSTED: "UNAVAILABLE",
    Kind.UNAVAILABLE: "UNAVAILABLE",
    Kind.FAILED_PRECONDITION: "UNAVAILABLE",
    Kind.INTERNAL: "INTERNAL",
}
"""Triton has no status for a full queue or a passed deadline; the code in the text tells them."""


def failure(error: TritoneError) -> Any:
    """The `TritonError` that carries one of ours."""
    return pb_utils.TritonError(error.to_wire(), getattr(pb_utils.TritonError, _STATUS[error.kind]))


def as_tritone_error(error: BaseException) -> TritoneError:
    """Any exception as one of ours; what we did not foresee is logged and told without details."""
    if isinstance(error, TritoneError):
        return error
    traceback.print_exception(error, file=sys.stderr)
    return Internal(f"{type(error).__name__} in the model; the server's log has the details")


def _reader(request: Any) -> Callable[[str], Any]:
    """Looks up a request's tensor by name as a numpy array, or None."""

    def read(name: str) -> Any:
        tensor = pb_utils.get_input_tensor_by_name(request, name)
        return None if tensor is None else tensor.as_numpy()

    return read


def read_single(model: Model[Any, Any], request: Any) -> Any:
    """The one message of a request to a model without a batch axis."""
    return tensors.decode(model.request, _reader(request))


def read_rows(model: Model[Any, Any], request: Any) -> list[Any]:
    """The messages of a request to a model with a batch axis, one for each row.

    Raises:
        ShapeMismatch: the tensors have different numbers of rows, or a row has a wrong shape.
    """
    read = _reader(request)
    arrays = {field.name: read(field.name) for field in tensors.fields(model.request)}
    sizes = {array.shape[0] for array in arrays.values() if array is not None}
    if len(sizes) != 1:
        raise ShapeMismatch(f"tensors of one request have different batch sizes: {sorted(sizes)}")

    def row(index: int) -> Any:
        def read_row(name: str) -> Any:
            array = arrays[name]
            return None if array is None else array[index]

        return tensors.decode(model.request, read_row)

    return [row(index) for index in range(sizes.pop())]


def to_tensors(message: Any, *, sparse: bool) -> list[Any]:
    """A message as output tensors without a batch axis; see `tensors.encode` for `sparse`."""
    arrays = tensors.encode(message, sparse=sparse)
    return [pb_utils.Tensor(name, array) for name, array in arrays.items()]


def write_rows(messages: Sequence[Any]) -> list[Any]:
    """Messages as output tensors with a batch axis in front.

    Raises:
        ShapeMismatch: rows differ in length (audio of several sentences, say).
    """
    rows = [tensors.encode(message) for message in messages]
    out = []
    for name, first in rows[0].items():
        if any(row[name].shape != first.shape for row in rows):
            raise ShapeMismatch(
                f"rows of '{name}' differ in length, which one tensor cannot carry: "
                "send one row a request, Triton batches requests by itself"
            )
        out.append(pb_utils.Tensor(name, np.stack([row[name] for row in rows])))
    return out
