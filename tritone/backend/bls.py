"""Calls from one model to another inside the same server.

A model that answers once is called by BLS (business logic scripting), through shared memory. A
stream is called over gRPC on loopback: BLS streams of Triton 24.10 cannot be cancelled, and under
cancels the server crashed (`docs/why.md`). Either way the caller is told when the other's process
died, instead of waiting for ever.
"""

import os
import queue
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, Final, TypeVar

import triton_python_backend_utils as pb_utils

from tritone import tensors
from tritone.backend.streams import Streams
from tritone.cancellation import Cancellation
from tritone.contract import Model
from tritone.errors import EngineDied, ModelNotReady, TritoneError, from_wire
from tritone.settings import settings
from tritone.stubs import alive, stubs_of

__all__ = ["Peers"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")

POLL_SECONDS: Final = 0.05
"""How often a waiting caller looks after its child's process and its own cancellation."""

PATIENCE_SECONDS: Final = 15.0
"""How long a request waits for a model whose process is being replaced."""
PAUSE_SECONDS: Final = 0.25

_END: Final = object()
_LOOK: Final = object()
"""Put into a queue of answers to make the one who waits look around."""


class _NotStarted(Exception):
    """Triton refused the request before the model saw it, so it may safely be tried again."""

    def __init__(self, reason: TritoneError) -> None:
        super().__init__(reason.message)
        self.reason = reason


class Peers:
    """The other models of this server, called as a typed function or stream."""

    def __init__(self) -> None:
        self._pids: dict[str, tuple[int, ...]] = {}
        self._lock = threading.Lock()
        self._streams = Streams(settings().grpc_url)

    def infer(self, model: Model[Req, Resp], request: Req, cancellation: Cancellation) -> Resp:
        """One answer from a model that is not decoupled.

        Raises:
            TritoneError: what the model raised; the cancellation's reason;
                EngineDied when its process ended meanwhile.
        """
        for response in self.stream(model, request, cancellation):
            return response
        raise EngineDied(f"'{model.name}' ended without an answer: try again")

    def stream(
        self, model: Model[Req, Resp], request: Req, cancellation: Cancellation
    ) -> Generator[Resp]:
        """Answers while they come.

        Cancelling stops the child at once, and so does closing the generator early. A model that
        is just being loaded again is waited for.

        Raises: as `infer`.
        """
        patience = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                yield from self._attempt(model, request, cancellation)
            except _NotStarted as refused:
                if time.monotonic() > patience:
                    raise refused.reason from None
                cancellation.wait(PAUSE_SECONDS)
                cancellation.check()
            else:
                return

    def _attempt(
        self, model: Model[Req, Resp], request: Req, cancellation: Cancellation
    ) -> Generator[Resp]:
        """One try; raises `_NotStarted` when Triton could not give the request to the model."""
        cancellation.check()
        pids = self._processes(model.name)
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        forget = cancellation.on_cancel(lambda: answers.put(_LOOK))
        stop = self._start(model, request, answers)
        started = False
        try:
            while True:
                try:
                    answer = answers.get(timeout=POLL_SECONDS)
                except queue.Empty:
                    answer = _LOOK
                if answer is _LOOK:
                    cancellation.check()
                    pids = pids or self._processes(model.name)
                    if not all(alive(pid) for pid in pids):
                        raise EngineDied(
                            f"the process of '{model.name}' died: it is restarted, try again"
                        )
                    continue
                if answer is _END:
                    return
                if isinstance(answer, EngineDied | ModelNotReady) and not started:
                    raise _NotStarted(answer)
                if isinstance(answer, TritoneError):
                    raise answer
                started = True
                yield answer
                cancellation.check()
        finally:
            forget()
            stop()

    def _start(
        self, model: Model[Any, Any], request: Any, answers: "queue.SimpleQueue[Any]"
    ) -> Callable[[], None]:
        """Sends the request; its answers go into the queue. Returns what ends it early."""
        if model.decoupled:
            return self._streams.open(model, request, answers.put, _END)
        threading.Thread(
            target=_infer, args=(model, request, answers.put), name=model.name, daemon=True
        ).start()
        return lambda: None

    def _processes(self, model: str) -> tuple[int, ...]:
        """The processes of a model's instances; looked up again when one is gone."""
        with self._lock:
            pids = self._pids.get(model, ())
            if not pids or not all(alive(pid) for pid in pids):
                found = [stub for stub in stubs_of(os.getppid()) if stub.model == model]
                pids = tuple(stub.pid for stub in found if alive(stub.pid))
                self._pids[model] = pids
            return pids


def _infer(model: Model[Any, Any], request: Any, put: Callable[[Any], None]) -> None:
    """Runs one request that has one answer, in a thread of its own."""
    try:
        response = _request(model, request).exec()
        if response.has_error():
            put(from_wire(response.error().message()))
        else:
            put(_message(model, response))
    except Exception as error:  # noqa: BLE001 - Triton raises its own types here
        put(from_wire(str(error)))
    finally:
        put(_END)


def _request(model: Model[Any, Any], request: Any) -> Any:
    arrays = tensors.encode(request)
    if model.max_batch_size > 0:
        arrays = {name: array[None] for name, array in arrays.items()}
    return pb_utils.InferenceRequest(
        model_name=model.name,
        requested_output_names=[field.name for field in tensors.fields(model.response)],
        inputs=[pb_utils.Tensor(name, array) for name, array in arrays.items()],
    )


def _message(model: Model[Any, Resp], response: Any) -> Resp:
    def read(name: str) -> Any:
        tensor = pb_utils.get_output_tensor_by_name(response, name)
        if tensor is None:
            return None
        array = tensor.as_numpy()
        return array[0] if model.max_batch_size > 0 else array

    return tensors.decode(model.response, read)
