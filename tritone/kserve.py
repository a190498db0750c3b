"""Messages as tritonclient's inputs and results: KServe v2 over gRPC.

Shared by those who call a Triton from outside and by models that call another one's stream.
"""

import re
import struct
from typing import Any, Final, TypeVar

import grpc
import numpy as np
import tritonclient.grpc as triton

from tritone import tensors
from tritone.contract import Model
from tritone.errors import (
    Cancelled,
    DeadlineExceeded,
    Draining,
    Internal,
    ModelNotFound,
    ServerUnreachable,
    TritoneError,
    Unavailable,
    from_wire,
)

__all__ = ["as_tritone_error", "inputs", "is_final", "response"]

Resp = TypeVar("Resp")

_SCALARS: Final = {
    "BOOL": struct.Struct("<?"),
    "INT16": struct.Struct("<h"),
    "INT32": struct.Struct("<i"),
    "UINT64": struct.Struct("<Q"),
    "FP32": struct.Struct("<f"),
}
_LENGTH: Final = struct.Struct("<I")


def inputs(model: Model[Any, Any], request: Any) -> list[Any]:
    """The `InferInput`s of a request, with the batch axis where the model has one."""
    made = []
    arrays = tensors.encode(request)
    for field in tensors.fields(model.request):
        if field.name not in arrays:
            continue
        array = arrays[field.name]
        if model.max_batch_size > 0:
            array = array[None]
        entry = triton.InferInput(field.name, list(array.shape), field.tensor.dtype)
        entry.set_data_from_numpy(np.ascontiguousarray(array))
        made.append(entry)
    return made


def response(model: Model[Any, Resp], result: Any) -> Resp:
    """The message of an `InferResult`.

    It is read from the raw bytes: a token's message has six tensors of one value each, and by way
    of numpy it takes more than twice as long (28 instead of 12 microseconds).

    Raises:
        Internal: the model does not keep to the contract.
    """
    raw = result.get_response()
    known = _known(model.response)
    axes = 1 if model.max_batch_size > 0 else 0
    values = {}
    try:
        for output, content in zip(raw.outputs, raw.raw_output_contents, strict=True):
            tensor = known.get(output.name)
            if tensor is not None:
                _check(output.datatype, tuple(output.shape)[axes:], tensor)
                values[output.name] = _value(tensor, content)
        return model.response(**values)
    except (TypeError, ValueError, struct.error) as error:
        raise Internal(f"an answer of '{model.name}' breaks its contract: {error}") from error


_tensors_of: dict[type[Any], dict[str, tensors.Tensor]] = {}


def _known(message: type[Any]) -> dict[str, tensors.Tensor]:
    """The tensors of a message class, by name."""
    if message not in _tensors_of:
        _tensors_of[message] = {each.name: each.tensor for each in tensors.fields(message)}
    return _tensors_of[message]


def _check(datatype: str, shape: tuple[int, ...], tensor: tensors.Tensor) -> None:
    expected = tensor.dims
    fits = len(shape) == 1 and (shape == expected or expected[0] == -1)
    if datatype != tensor.dtype or not fits:
        raise ValueError(f"{datatype}{list(shape)} instead of {tensor.dtype}{list(expected)}")


def _value(tensor: tensors.Tensor, content: bytes) -> Any:
    """A field's value from the bytes of its tensor."""
    if tensor.dtype == "BYTES":  # each element: its length in 4 bytes, then itself
        if tensor.single:
            return str(content[4:], "utf-8")
        return tuple(_texts(content))
    if tensor.single:
        return _SCALARS[tensor.dtype].unpack(content)[0]
    return np.frombuffer(content, tensors.NUMPY[tensor.dtype])


def _texts(content: bytes) -> list[str]:
    found = []
    at = 0
    while at < len(content):
        start = at + _LENGTH.size
        at = start + _LENGTH.unpack_from(content, at)[0]
        found.append(str(content[start:at], "utf-8"))
    return found


def is_final(raw: Any) -> bool:
    """Whether a `ModelInferResponse` says that it is its stream's last."""
    parameter = raw.parameters.get("triton_final_response")
    return parameter is not None and bool(parameter.bool_param)


# Sentences of gRPC's core about a connection that is not there, and about one that broke.
_NO_CONNECTION: Final = re.compile(
    r"failed to connect|Connection refused|errors resolving|resolution failed|No route to host"
)
_BROKEN: Final = re.compile(
    r"Socket closed|[Cc]onnection (was )?reset|Broken pipe|GOAWAY|[Kk]eepalive|RST_STREAM|"
    r"Stream removed|[Tt]ransport closed|Connection timed out|recvmsg|sendmsg|ping timeout|"
    r"End of TCP stream|Connection closed|"
    # What grpc.aio says when a request cannot be written, because its call has ended already.
    r"Internal error from Core"
)
_STOPPING: Final = re.compile(r"[Ss]erver (is stopping|exiting|not ready)|stopped accepting")
_NOT_FOUND: Final = re.compile(
    r"^(\[[\w.]+\] )?(Request for unknown model: .* is not found|failed to get model version)"
)


def as_tritone_error(error: Exception, url: str) -> TritoneError:
    """What the server at `url`, or the channel to it, said, as one of ours.

    What has the gRPC status UNAVAILABLE and is not recognised otherwise is an `Unavailable`. That
    the server refuses our credentials is not our caller's fault, so that is `Internal`.
    """
    if isinstance(error, grpc.RpcError):
        status, text = str(error.code()), error.details() or ""
    else:
        status, text = str(getattr(error, "status", str)()), str(error)
    if "DEADLINE_EXCEEDED" in status:
        return DeadlineExceeded("the request's deadline passed")
    if _NOT_FOUND.search(text):
        return ModelNotFound(text, param="model")
    said = from_wire(text)
    if type(said) not in (Internal, ServerUnreachable, Cancelled):
        return said
    return _of_connection(status, text, url) or said


def _of_connection(status: str, text: str, url: str) -> TritoneError | None:
    """What a status without a sentence of Triton's or of ours means."""
    unavailable = "UNAVAILABLE" in status
    if _STOPPING.search(text):
        return Draining(f"the Triton at {url} is stopping: try again")
    if unavailable and _NO_CONNECTION.search(text):
        return ServerUnreachable(f"no Triton at {url}: `tritone up` starts one")
    # A connection that breaks under a call may show as UNKNOWN, INTERNAL or CANCELLED, too.
    if not status.endswith("None") and _BROKEN.search(text):
        return ServerUnreachable(f"the connection to the Triton at {url} broke: try again")
    if unavailable:
        return Unavailable(f"the Triton at {url} is not available: {text or 'no reason given'}")
    if "CANCELLED" in status:
        return Cancelled(text or "the request was cancelled")
    if "UNAUTHENTICATED" in status or "PERMISSION_DENIED" in status:
        return Internal(f"the Triton at {url} does not let this server in: {text}")
    return None
