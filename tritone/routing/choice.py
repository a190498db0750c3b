"""Which backend gets a call; and if none can, what to tell the caller."""

from collections.abc import Sequence
from typing import Any, Final

from tritone.contract import Model
from tritone.errors import ModelNotFound, ModelNotReady, ServerUnreachable, Unavailable
from tritone.routing.backend import Backend

__all__ = ["choose", "refusal"]

_RETRY_SECONDS: Final = 1.0
_MEMORY_STEP: Final = 1 << 30
"""Bytes of GPU memory that make a difference: less is noise of the allocator."""


def choose(
    backends: Sequence[Backend],
    model: Model[Any, Any],
    turn: int,
    but: Backend | None = None,
) -> Backend | None:
    """The best place for a call, or None.

    Only backends that are up and have the model ready count, and only `but` another than that.
    One that failed lately is spared, unless there is no other: then it may as well try. Among the
    rest, in this order: least calls of this model, least calls at all, most free GPU memory, and
    whose turn it is.
    """
    best: Backend | None = None
    best_key: tuple[Any, ...] = ()
    count = len(backends)
    for place, backend in enumerate(backends):
        if backend is but or not _serves(backend, model):
            continue
        key = (
            backend.doubtful,
            not backend.welcomes(model.name),
            backend.in_flight[model.name],
            backend.total,
            -((backend.free_gpu_memory or 0) // _MEMORY_STEP),
            (place - turn) % count,
        )
        if best is None or key < best_key:
            best, best_key = backend, key
    return best


def _serves(backend: Backend, model: Model[Any, Any]) -> bool:
    seen = backend.seen.models.get(model.name)
    return backend.seen.up and seen is not None and seen.serves(model.version) and seen.fits(model)


def refusal(backends: Sequence[Backend], model: Model[Any, Any]) -> ModelNotFound | Unavailable:
    """Why no backend can take a call."""
    places = ", ".join(str(backend.address) for backend in backends)
    name = f"{model.name}@{model.version}" if model.version else model.name
    if not any(backend.seen.up for backend in backends):
        return ServerUnreachable(
            f"no Triton at {places}: `tritone up` starts one", retry_after=_RETRY_SECONDS
        )
    having = [backend for backend in backends if model.name in backend.seen.models]
    if any(backend.seen.up for backend in having):
        return ModelNotReady(f"'{name}' is not loaded: try again", retry_after=_RETRY_SECONDS)
    if having:
        where = ", ".join(str(backend.address) for backend in having)
        return ServerUnreachable(
            f"'{name}' is on {where} only, which does not answer: try again",
            retry_after=_RETRY_SECONDS,
        )
    if not all(backend.seen.ever for backend in backends):
        return ModelNotReady(
            f"no Triton that answers has '{name}': try again", retry_after=_RETRY_SECONDS
        )
    return ModelNotFound(f"no Triton at {places} has a model '{name}'", param="model")
