"""A request's body and its end, looked at before the handler does.

While a request waits for its place, somebody must notice that its client left, and ASGI tells that
only to who receives the body. What arrives meanwhile is kept for the handler, up to a bound: then
the socket is left alone, which makes the client wait, and unread bytes never fill our memory.
"""

import asyncio
from typing import Any, Final

from litestar.types import HTTPReceiveMessage, Receive

from tritone.errors import BodyInvalid

__all__ = ["Inbox"]

_KEPT_BYTES: Final = 256 * 1024
_STALL_SECONDS: Final = 30.0


class Inbox:
    """Stands in for `receive`, which it wraps.

    Args:
        receive: of the server.
        stall_seconds: how long a body may make no progress.
    """

    def __init__(self, receive: Receive, stall_seconds: float = _STALL_SECONDS) -> None:
        self._receive = receive
        self._stall_seconds = stall_seconds
        self._kept: list[HTTPReceiveMessage] = []
        self._pending: asyncio.Future[Any] | None = None
        self._complete = False

    async def __call__(self) -> HTTPReceiveMessage:
        """The next message.

        Raises:
            BodyInvalid: the rest of the body does not come.
        """
        if self._kept:
            return self._kept.pop(0)
        try:
            # A client that leaves an upload half done must not keep its place for ever.
            async with asyncio.timeout(None if self._complete else self._stall_seconds):
                if self._pending is not None:
                    return await self._taken()
                return self._seen(await self._receive())
        except TimeoutError:
            raise BodyInvalid(
                f"no more of the body came for {self._stall_seconds:g} s: send it again"
            ) from None

    async def gone(self) -> None:
        """Returns when the client has left. May be cancelled without losing a message."""
        size = 0
        while size < _KEPT_BYTES:
            message = await self._taken()
            self._kept.append(message)
            if message["type"] == "http.disconnect":
                return
            size += len(message.get("body", b""))
        await asyncio.get_running_loop().create_future()  # for ever: see the module

    async def close(self) -> None:
        """Ends what still receives."""
        if self._pending is not None:
            self._pending.cancel()
            await asyncio.gather(self._pending, return_exceptions=True)
            self._pending = None

    async def _taken(self) -> HTTPReceiveMessage:
        """The next message, received in a task that outlives a cancel of who awaits it."""
        if self._pending is None:
            self._pending = asyncio.ensure_future(self._receive())
        await asyncio.wait({self._pending})
        pending, self._pending = self._pending, None
        return self._seen(pending.result())

    def _seen(self, message: Any) -> HTTPReceiveMessage:
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._complete = True
        found: HTTPReceiveMessage = message
        return found
