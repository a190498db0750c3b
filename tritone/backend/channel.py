"""Calls to other models of the server that this process belongs to, over gRPC on loopback."""

from collections import deque
from collections.abc import Callable
from typing import Any

import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from tritone import kserve
from tritone.contract import Model

__all__ = ["Channel"]


class Channel:
    """Calls to the server at `url` (host:port of its gRPC); used from many threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._unary = triton.InferenceServerClient(url)
        # tritonclient carries one stream in a client, so clients are kept for the next stream,
        # and with them their connections.
        self._idle: deque[triton.InferenceServerClient] = deque()

    def call(
        self, model: Model[Any, Any], request: Any, put: Callable[[Any], None], end: object
    ) -> Callable[[], None]:
        """Starts a request.

        Args:
            model: to which model.
            request: its request.
            put: takes each response, or the `TritoneError` that ended the call; called in a
                thread of tritonclient's.
            end: put after the last response.

        Returns a function that ends the call: the request is cancelled if it still runs.
        """
        start = self._stream if model.decoupled else self._infer
        return start(model, request, put, end)

    def _infer(
        self, model: Model[Any, Any], request: Any, put: Callable[[Any], None], end: object
    ) -> Callable[[], None]:
        def take(result: Any, error: InferenceServerException | None) -> None:
            if error is None:
                put(kserve.response(model, result))
                put(end)
            else:
                put(kserve.as_tritone_error(error, self._url))

        call = self._unary.async_infer(model.name, kserve.inputs(model, request), take)
        return lambda: call.cancel()

    def _stream(
        self, model: Model[Any, Any], request: Any, put: Callable[[Any], None], end: object
    ) -> Callable[[], None]:
        try:
            client = self._idle.pop()
        except IndexError:
            client = triton.InferenceServerClient(self._url)

        def take(result: Any, error: InferenceServerException | None) -> None:
            if error is not None:
                put(kserve.as_tritone_error(error, self._url))
                return
            raw = result.get_response()
            if raw.outputs:
                put(kserve.response(model, result))
            if kserve.is_final(raw):
                put(end)

        def stop() -> None:
            client.stop_stream(cancel_requests=True)
            self._idle.append(client)

        client.start_stream(take)
        client.async_stream_infer(
            model.name, kserve.inputs(model, request), enable_empty_final_response=True
        )
        return stop
