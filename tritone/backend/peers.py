"""Calls from one model to another inside the same server, as typed functions and streams.

They go over gRPC on loopback rather than by BLS (business logic scripting), because of what BLS
of Triton 24.10 does under cancels and load: see `docs/why.md`. A caller is told when the other's
process died, instead of waiting for ever.
"""

import os
import queue
import threading
import time
from collections.abc import Generator
from typing import Any, Final, TypeVar

from tritone.backend.channel import Channel
from tritone.cancellation import Cancellation
from tritone.contract import Model
from tritone.errors import EngineDied, ModelNotReady, TritoneError
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
        self._channel = Channel(settings().grpc_url)

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
        stop = self._channel.call(model, request, answers.put, _END)
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

    def _processes(self, model: str) -> tuple[int, ...]:
        """The processes of a model's instances; looked up again when one is gone."""
        with self._lock:
            pids = self._pids.get(model, ())
            if not pids or not all(alive(pid) for pid in pids):
                found = [stub for stub in stubs_of(os.getppid()) if stub.model == model]
                pids = tuple(stub.pid for stub in found if alive(stub.pid))
                self._pids[model] = pids
            return pids
