"""Calls from one model to another inside the same server (business logic scripting).

Two things that Triton 24.10 does not do are done here: a child stream is stopped when its parent
is cancelled (by a `cancel` request that names it), and a caller is told when the child's process
died instead of waiting for ever.
"""

import os
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Generator, Iterator
from typing import Any, Final, TypeVar

import triton_python_backend_utils as pb_utils

from tritone import tensors
from tritone.cancellation import Cancellation
from tritone.contract import Model
from tritone.errors import EngineDied, ModelNotReady, TritoneError, from_wire
from tritone.stubs import alive, stubs_of

__all__ = ["Peers"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")

POLL_SECONDS: Final = 0.05
"""How often a waiting caller looks after its child's process and its own cancellation."""

PATIENCE_SECONDS: Final = 15.0
"""How long a request waits for a model whose process is being replaced."""
PAUSE_SECONDS: Final = 0.25
HOLD_SECONDS: Final = 10.0
"""Far longer than Triton takes to clean up after a stream, see `_held`."""

_END: Final = object()


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

        Cancelling stops the child at once, where its contract has a `cancel` tensor; so does
        closing the generator early. A model that is just being loaded again is waited for.

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
        request_id = uuid.uuid4().hex
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        reader = threading.Thread(
            target=_read, args=(model, request, request_id, answers), daemon=True
        )
        reader.start()
        started = ended = False
        stopper = _Stopper(model, request_id)
        forget = cancellation.on_cancel(stopper.stop)
        try:
            while True:
                try:
                    answer = answers.get(timeout=POLL_SECONDS)
                except queue.Empty:
                    cancellation.check()
                    pids = pids or self._processes(model.name)
                    if not all(alive(pid) for pid in pids):
                        ended = True  # nobody is left to be stopped
                        raise EngineDied(
                            f"the process of '{model.name}' died: it is restarted, try again"
                        ) from None
                    continue
                ended = answer is _END or isinstance(answer, TritoneError)
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
            if not ended:
                stopper.stop()

    def _processes(self, model: str) -> tuple[int, ...]:
        """The processes of a model's instances; looked up again when one is gone."""
        with self._lock:
            pids = self._pids.get(model, ())
            if not pids or not all(alive(pid) for pid in pids):
                found = [stub for stub in stubs_of(os.getppid()) if stub.model == model]
                pids = tuple(stub.pid for stub in found if alive(stub.pid))
                self._pids[model] = pids
            return pids


class _Stopper:
    """Stops one child request by its id, once, without waiting for it."""

    def __init__(self, model: Model[Any, Any], request_id: str) -> None:
        able = any(field.name == "cancel" for field in tensors.fields(model.request))
        self._once = threading.Semaphore(1 if able else 0)
        self._model = model
        self._request_id = request_id

    def stop(self) -> None:
        if not self._once.acquire(blocking=False):
            return
        request = self._model.request(cancel=self._request_id)
        threading.Thread(
            target=_read,
            args=(self._model, request, uuid.uuid4().hex, queue.SimpleQueue()),
            daemon=True,
        ).start()


def _read(
    model: Model[Any, Any], request: Any, request_id: str, answers: "queue.SimpleQueue[Any]"
) -> None:
    """Runs the child request in a thread of its own; everything goes into the queue."""
    try:
        child = _request(model, request, request_id)
        responses = _held(child.exec(decoupled=True)) if model.decoupled else [child.exec()]
        for response in responses:
            if response.has_error():
                answers.put(from_wire(response.error().message()))
            elif response.output_tensors():
                answers.put(_message(model, response))
    except Exception as error:  # noqa: BLE001 - Triton raises its own types here
        answers.put(from_wire(str(error)))
    finally:
        answers.put(_END)


_spent: "deque[tuple[float, Any]]" = deque()


def _held(responses: Any) -> Iterator[Any]:
    """Iterates to the end, and keeps the iterator alive for a while after that.

    In Triton 24.10 a thread that does not hold the GIL drops its reference to a finished iterator
    some time after the last response. Were it the last reference, numpy arrays would be freed
    without the GIL, and the process crash later at a random place (the destructor of `PbTensor`
    takes the GIL since 24.12). So the last reference has to be ours.
    """
    try:
        yield from responses
    finally:
        now = time.monotonic()
        _spent.append((now, responses))
        while _spent and now - _spent[0][0] > HOLD_SECONDS:
            _spent.popleft()


def _request(model: Model[Any, Any], request: Any, request_id: str) -> Any:
    arrays = tensors.encode(request)
    if model.max_batch_size > 0:
        arrays = {name: array[None] for name, array in arrays.items()}
    return pb_utils.InferenceRequest(
        model_name=model.name,
        request_id=request_id,
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
