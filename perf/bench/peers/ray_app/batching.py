"""What the applications that take batches have in common."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ray import serve

__all__ = ["batched", "onnx_session"]

A = TypeVar("A")
B = TypeVar("B")
Whole = Callable[[Any, list[A]], Awaitable[list[B]]]
"""A method that takes a batch."""
Single = Callable[[Any, A], Awaitable[B]]
"""The same method as its callers see it."""


def batched(size: int, wait: float) -> Callable[[Whole[A, B]], Single[A, B]]:
    """`@serve.batch` for a method: batches of up to `size`, gathered for `wait` seconds."""
    decorator: Callable[[Whole[A, B]], Single[A, B]] = serve.batch(
        max_batch_size=size, batch_wait_timeout_s=wait
    )
    return decorator


def onnx_session(path: str, threads: int) -> Any:
    """A session with the options that our own engines set."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
