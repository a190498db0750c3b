"""The asynchronous client of every Tritone model: typed calls, streams, cancel, deadlines.

One `Client` holds one gRPC channel; calls share it. Protocol: KServe v2 over gRPC
(https://github.com/triton-inference-server/server/tree/main/docs/protocol).
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Self, TypeVar

import grpc
import tritonclient.grpc.aio as triton
from tritonclient.utils import InferenceServerException

from tritone import kserve
from tritone.contract import Model
from tritone.errors import EngineDied

__all__ = ["Client"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")


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
        self._triton = triton.InferenceServerClient(url)

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
            return bool(await self._triton.is_model_ready(model.name))
        except (InferenceServerException, grpc.RpcError):
            return False

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
            request_id: shown in the server's logs and traces.
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
                request_id=request_id,
                sequence_id=number,
                sequence_start=start,
                sequence_end=end,
                timeout=_microseconds(seconds),
                client_timeout=seconds,
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
            "inputs": kserve.inputs(model, request),
            "request_id": request_id or uuid.uuid4().hex,
            "enable_empty_final_response": True,
            "timeout": _microseconds(timeout),
        }

        async def requests() -> AsyncIterator[dict[str, Any]]:
            yield inputs

        responses = self._triton.stream_infer(requests(), stream_timeout=timeout)
        try:
            while True:
                result, error = await asyncio.wait_for(anext(responses), self.idle_timeout)
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
            raise kserve.as_tritone_error(problem, self.url) from None
        finally:
            responses.cancel()
            with contextlib.suppress(Exception):
                await responses.aclose()


def _microseconds(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1e6)
