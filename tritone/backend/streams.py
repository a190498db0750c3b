"""Streams of other models, over gRPC to the server that this process belongs to."""

from collections import deque
from collections.abc import Callable
from typing import Any

import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from tritone import kserve
from tritone.contract import Model

__all__ = ["Streams"]


class Streams:
    """Streams to the server at `url` (host:port of its gRPC).

    tritonclient carries one stream in a client, so clients are kept for the next stream, and with
    them their connections.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: deque[triton.InferenceServerClient] = deque()

    def open(
        self, model: Model[Any, Any], request: Any, put: Callable[[Any], None], end: object
    ) -> Callable[[], None]:
        """Starts a request to a decoupled model.

        Args:
            model: which one.
            request: its request.
            put: takes each response, or the `TritoneError` that ended the stream; called in a
                thread of tritonclient's.
            end: put after the last response.

        Returns a function that ends the stream, and cancels the request if it still runs.
        """
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
