"""The shell of decoupled models: a thread for each request, responses while it runs.

Triton calls `execute` and goes on at once; every request gets its thread from a bounded pool, its
`Cancellation`, and always its FINAL flag, whatever happens to it. Threads, because the engines
and the clients of other models block, and Triton's own API does.
"""

import threading
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import triton_python_backend_utils as pb_utils

from tritone.backend.options import Options
from tritone.backend.running import Running
from tritone.backend.watcher import Watcher
from tritone.backend.wire import FINAL, as_tritone_error, failure, read_single, to_tensors
from tritone.cancellation import Cancellation
from tritone.contract import Model
from tritone.errors import Overloaded, TritoneError

__all__ = ["Call", "Streaming"]


class Call:
    """One running request: who asks, how to answer, when to stop.

    Args:
        request: Triton's.
        ends: whether a message is the last, which carries the FINAL flag.
        leave: told of the sender before anything is sent with that flag.

    Attributes:
        id: the caller's request id, or one of ours when it gave none.
        arrived: `time.monotonic()` at arrival.
        cancellation: set when the caller leaves or its `timeout` (microseconds) passes.
    """

    def __init__(
        self, request: Any, ends: Callable[[Any], bool], leave: Callable[[Any], None]
    ) -> None:
        self._ends = ends
        self._leave = leave
        self._ended = False
        self.id: str = request.request_id() or uuid.uuid4().hex
        self.arrived = time.monotonic()
        timeout = request.timeout() / 1e6
        self.cancellation = Cancellation(self.arrived + timeout if timeout > 0 else None)
        self.request = request
        self.sender = request.get_response_sender()
        self._lock = threading.Lock()

    def send(self, message: Any) -> None:
        """Sends one response; safe from any thread of the call. None may follow the last.

        Raises the cancellation's reason once there is nobody to send to.
        """
        self.cancellation.check()
        last = self._ends(message)
        # Each tensor of each token is copied, sent and parsed on cores that the engine wants.
        response = pb_utils.InferenceResponse(to_tensors(message, sparse=not last))
        with self._lock:
            if last:
                self._close(response)
            else:
                self.sender.send(response)

    def finish(self, error: TritoneError | None) -> None:
        """Sends the end of the stream, with an error if there was one, unless it was sent."""
        with self._lock:
            if not self._ended:
                self._close(
                    None if error is None else pb_utils.InferenceResponse([], error=failure(error))
                )

    def _close(self, response: Any) -> None:
        # The flag goes with the last response where that is known. Behind it, it would meet
        # callers that leave once they have all they want, and a server that loses count of what
        # is under way then: https://github.com/triton-inference-server/server/issues/8034
        self._ended = True
        self._leave(self.sender)
        if response is None:
            self.sender.send(flags=FINAL)
        else:
            self.sender.send(response, flags=FINAL)


class Streaming(ABC):
    """A decoupled `TritonPythonModel`.

    A subclass names its `contract`, makes what it needs in `load`, and answers one request in
    `run` by `call.send`, any number of times. Config parameter `max_in_flight` bounds how many
    requests run and wait together; one more is refused with OVERLOADED at once.
    """

    contract: Model[Any, Any]

    @abstractmethod
    def load(self, options: Options) -> None:
        """Makes the engine or the pipeline."""

    @abstractmethod
    def run(self, request: Any, call: Call) -> None:
        """Answers one request. A `TritoneError` raised here ends the stream with it."""

    def close(self) -> None:  # noqa: B027 - most models have nothing to free
        """Frees what `load` made."""

    def initialize(self, args: dict[str, str]) -> None:
        """Called by Triton once for each instance."""
        try:
            options = Options(self.contract.name, args["model_config"])
            self._limit = options.integer("max_in_flight", 64)
            self._free = threading.Semaphore(self._limit)
            self._pool = ThreadPoolExecutor(self._limit, thread_name_prefix=self.contract.name)
            self._watcher = Watcher()
            self._running = Running()
            self.load(options)
        except Exception as error:
            raise pb_utils.TritonModelException(as_tritone_error(error).to_wire()) from error

    def execute(self, requests: Sequence[Any]) -> None:
        """Called by Triton; answers come later, through each request's sender."""
        for request in requests:
            call = Call(request, self.contract.ends, self._watcher.discard)
            if self._free.acquire(blocking=False):
                self._pool.submit(self._answer, call)
            else:
                call.finish(
                    Overloaded(
                        f"'{self.contract.name}' has {self._limit} requests at work: "
                        "try again in a second"
                    )
                )

    def _answer(self, call: Call) -> None:
        error: TritoneError | None = None
        self._watcher.add(call.sender, call.cancellation)
        self._running.add(call.id, call.cancellation)
        try:
            request = read_single(self.contract, call.request)
            named = getattr(request, "cancel", None)
            if named is None:
                self.run(request, call)
            else:
                self._running.stop(named)
        except Exception as problem:  # noqa: BLE001 - mapped to a code, logged, told to the caller
            error = as_tritone_error(problem)
        finally:
            self._running.discard(call.id, call.cancellation)
            call.finish(error)
            self._free.release()

    def finalize(self) -> None:
        """Called by Triton when the instance is unloaded, after its last request."""
        self._pool.shutdown(wait=True)
        self.close()
