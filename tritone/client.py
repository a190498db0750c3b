"""The asynchronous client of every Tritone model: typed calls, streams, cancel, deadlines.

One `Client` holds one gRPC channel; calls share it. Protocol: KServe v2 over gRPC
(https://github.com/triton-inference-server/server/tree/main/docs/protocol).
"""

import asyncio
import contextlib
import math
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final, Self, TypeVar

import grpc
import tritonclient.grpc.aio as triton
from tritonclient.utils import InferenceServerException

from tritone import kserve
from tritone.contract import Model
from tritone.errors import DeadlineExceeded, EngineDied, ServerUnreachable
from tritone.telemetry.propagation import current_request_id, outgoing_headers

__all__ = ["Client"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")

_CHANNEL: Final = [
    # Ten minutes of float32 audio are 38 MB. How much is too much is for doors and models to say.
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    # An error's text travels as metadata; gRPC's 8 KiB would replace a longer one by its own.
    ("grpc.max_metadata_size", 64 * 1024),
    # Triton hangs up on who pings more often than every 300 s. The ping's timeout is also the
    # socket's TCP_USER_TIMEOUT: bytes that a vanished host leaves unacknowledged end the
    # connection after it.
    ("grpc.keepalive_time_ms", 330_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # A server that comes back is found soon; by default the pauses grow to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.min_reconnect_backoff_ms", 3_000),
]


class Client:
    """A connection to one Triton.

    Args:
        url: ``host:port`` of its gRPC.
        idle_timeout: seconds a stream may be silent before it counts as dead. Triton does not
            end the stream of a model whose process was killed, so somebody has to.
    """

    def __init__(self, url: str, *, idle_timeout: float = 30.0) -> None:
        self.url = url
        self.idle_timeout = idle_timeout
        self._triton = triton.InferenceServerClient(url, channel_args=_CHANNEL)

    async def close(self) -> None:
        """Closes the channel; running calls are cancelled."""
        await self._triton.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def ready(self, model: Model[Any, Any] | None = None) -> bool:
        """Whether the server, or one of its models, says it can serve."""
        try:
            if model is None:
                return bool(await self._triton.is_server_ready())
            return bool(await self._triton.is_model_ready(model.name, model.version))
        except (InferenceServerException, grpc.RpcError):
            return False

    async def index(self, *, seconds: float) -> dict[str, dict[str, str]]:
        """The models of its repositories: state by version by name; READY is what serves.

        A model that was never loaded has no version.

        Raises:
            TritoneError: no answer came within `seconds`, or another than this.
        """
        try:
            answer = await self._triton.get_model_repository_index(client_timeout=seconds)
        except (InferenceServerException, grpc.RpcError) as error:
            raise kserve.as_tritone_error(error, self.url) from None
        found: dict[str, dict[str, str]] = {}
        for entry in answer.models:
            versions = found.setdefault(entry.name, {})
            if entry.version:
                versions[entry.version] = entry.state
        return found

    async def config(self, name: str, *, seconds: float) -> Any:
        """The `ModelConfig` of a model that is loaded. Raises as `index`."""
        try:
            answer = await self._triton.get_model_config(name, client_timeout=seconds)
        except (InferenceServerException, grpc.RpcError) as error:
            raise kserve.as_tritone_error(error, self.url) from None
        return answer.config

    @contextlib.asynccontextmanager
    async def pinned(self, model: Model[Any, Any]) -> AsyncIterator["Client"]:
        """Itself: there is one server only."""
        yield self

    async def infer(
        self,
        model: Model[Req, Resp],
        request: Req,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the server as well
        request_id: str = "",
        sequence: tuple[int, bool, bool] | None = None,
    ) -> Resp:
        """One answer from a model that is not decoupled.

        Args:
            model: which, from `tritone.contract`.
            request: its request.
            timeout: seconds until the answer is of no use; `idle_timeout` when None.
            request_id: shown in the server's logs and traces; a door's own one when empty.
            sequence: for sequence models: id (not 0), whether this starts it, whether it ends it.

        Raises:
            TritoneError: what the model refused or failed at, as its own class.
        """
        seconds = timeout or self.idle_timeout
        number, start, end = sequence or (0, False, False)
        try:
            result = await self._triton.infer(
                model.name,
                kserve.inputs(model, request),
                model_version=model.version,
                request_id=request_id or current_request_id(),
                sequence_id=number,
                sequence_start=start,
                sequence_end=end,
                timeout=_microseconds(seconds),
                client_timeout=seconds,
                headers=outgoing_headers(),
            )
        except (InferenceServerException, grpc.RpcError) as error:
            raise kserve.as_tritone_error(error, self.url) from None
        return kserve.response(model, result)

    async def stream(
        self,
        model: Model[Req, Resp],
        request: Req,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - it travels to the server as well
        request_id: str = "",
    ) -> AsyncGenerator[Resp, None]:
        """The answers of a decoupled model while they come.

        Leaving the loop early, closing the iterator or cancelling its task cancels the request
        in the server. Arguments and errors as in `infer`; `timeout` spans the whole stream.

        Raises:
            EngineDied: nothing came for `idle_timeout` seconds.
        """
        inputs = {
            "model_name": model.name,
            "model_version": model.version,
            "inputs": kserve.inputs(model, request),
            "request_id": request_id or current_request_id() or uuid.uuid4().hex,
            "timeout": _microseconds(timeout),
        }

        async def requests() -> AsyncIterator[dict[str, Any]]:
            yield inputs

        until = math.inf if timeout is None else time.monotonic() + timeout
        responses = self._triton.stream_infer(
            requests(), stream_timeout=timeout, headers=outgoing_headers()
        )
        try:
            while True:
                async with asyncio.timeout(self.idle_timeout):
                    result, error = await anext(responses)
                if error is not None:
                    raise kserve.as_tritone_error(error, self.url)
                raw = result.get_response()
                if raw.outputs:
                    yield kserve.response(model, result)
                if kserve.is_final(raw):
                    return
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise EngineDied(
                f"'{model.name}' sent nothing for {self.idle_timeout:.0f} s: try again"
            ) from None
        except (InferenceServerException, grpc.RpcError) as problem:
            failure = kserve.as_tritone_error(problem, self.url)
            # A deadline that passes while the request is written looks like a broken connection.
            if isinstance(failure, ServerUnreachable) and time.monotonic() >= until:
                failure = DeadlineExceeded("the request's deadline passed")
            raise failure from None
        finally:
            responses.cancel()


def _microseconds(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1e6)
