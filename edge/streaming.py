"""Answers that stream, and work that ends when its client leaves."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine, Mapping
from typing import Any, TypeVar

from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

from tritone.errors import Cancelled

__all__ = ["Streaming", "stream", "unless_gone"]

T = TypeVar("T")


async def unless_gone(request: Request[Any, Any, Any], work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled as soon as the client disconnects.

    To be called after the body was read: what the client still sends is not looked at.

    Raises:
        Cancelled: the client is gone.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnect(request.receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Cancelled("the client disconnected")
    finally:
        for each in (task, gone):
            each.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def stream(
    request: Request[Any, Any, Any],
    chunks: AsyncGenerator[bytes, None],
    *,
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> "Streaming":
    """A response that sends `chunks` as they come, once there is a first one.

    Whatever goes wrong before the first chunk is raised here, and so gets a proper HTTP status.
    `chunks` is closed when it ends, when the client disconnects, and when the server stops.
    """
    try:
        first = await unless_gone(request, _first(chunks))
    except BaseException:
        await chunks.aclose()
        raise
    return Streaming(first, chunks, media_type=media_type, headers=headers)


async def _first(chunks: AsyncGenerator[bytes, None]) -> bytes:
    return await anext(chunks, b"")


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Streaming(Response[Any]):
    """See `stream`."""

    def __init__(
        self,
        first: bytes,
        chunks: AsyncGenerator[bytes, None],
        *,
        media_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            None,
            media_type=media_type,
            # A proxy that gathers the answer before it passes it on would undo all this.
            headers={"cache-control": "no-cache", "x-accel-buffering": "no", **(headers or {})},
        )
        self._first = first
        self._chunks = chunks

    def to_asgi_response(
        self,
        app: object,
        request: Request[Any, Any, Any],
        *,
        headers: dict[str, str] | None = None,
        is_head_response: bool = False,
        status_code: int | None = None,
        **_: object,
    ) -> ASGIResponse:
        """What Litestar sends."""
        response = _Body(
            media_type=str(self.media_type),
            headers={**(headers or {}), **self.headers},
            status_code=self.status_code or status_code or 200,
            is_head_response=is_head_response,
        )
        response.first, response.chunks = self._first, self._chunks
        return response


class _Body(ASGIResponse):
    _should_set_content_length = False
    first: bytes
    chunks: AsyncGenerator[bytes, None]

    async def send_body(self, send: Send, receive: Receive) -> None:
        sending = asyncio.ensure_future(self._send_all(send))
        gone = asyncio.ensure_future(_disconnect(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            for each in (sending, gone):
                each.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)

    async def _send_all(self, send: Send) -> None:
        async with contextlib.aclosing(self.chunks):
            await _send(send, self.first, more=True)
            async for chunk in self.chunks:
                await _send(send, chunk, more=True)
        await _send(send, b"", more=False)


async def _send(send: Send, chunk: bytes, *, more: bool) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": more})
