"""Messages as tritonclient's inputs and results: KServe v2 over gRPC.

Shared by those who call a Triton from outside and by models that call another one's stream.
"""

from typing import Any, TypeVar

import grpc
import numpy as np
import tritonclient.grpc as triton

from tritone import tensors
from tritone.contract import Model
from tritone.errors import DeadlineExceeded, ServerUnreachable, TritoneError, from_wire

__all__ = ["as_tritone_error", "inputs", "is_final", "response"]

Resp = TypeVar("Resp")


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
    """The message of an `InferResult`."""

    def read(name: str) -> Any:
        array = result.as_numpy(name)
        return array if array is None or model.max_batch_size == 0 else array[0]

    return tensors.decode(model.response, read)


def is_final(raw: Any) -> bool:
    """Whether a `ModelInferResponse` says that it is its stream's last."""
    parameter = raw.parameters.get("triton_final_response")
    return parameter is not None and bool(parameter.bool_param)


def as_tritone_error(error: Exception, url: str) -> TritoneError:
    """What the server at `url`, or the channel to it, said, as one of ours."""
    if isinstance(error, grpc.RpcError):
        status, text = str(error.code()), error.details() or ""
    else:
        status, text = str(getattr(error, "status", str)()), str(error)
    if "DEADLINE_EXCEEDED" in status:
        return DeadlineExceeded("the request's deadline passed")
    if "UNAVAILABLE" in status and "failed to connect" in text:
        return ServerUnreachable(f"no Triton at {url}: `tritone up` starts one")
    return from_wire(text)
