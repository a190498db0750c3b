"""Requests to the server, and their replies.

The client's own would do, but for two things: its asynchronous publish leaves a refused message
without an answer (nats-py 2.16: `APIError.from_error` raises where it should return), and its
requests may lose a cancellation, as `asyncio.wait_for` does on Python 3.11.
"""

import asyncio
import itertools
from typing import Final

import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import Header

from tritone.nats.connection import NATS
from tritone.nats.failures import as_tritone_error

__all__ = ["Asking"]

_NOBODY: Final = "503"


class Asking:
    """Requests over one connection, with one subscription for all replies.

    Args:
        nats: the connection.
        seconds: how long a reply is waited for.
    """

    def __init__(self, nats: NATS, seconds: float) -> None:
        self._nats = nats
        self._seconds = seconds
        self._inbox = nats.new_inbox()
        self._numbers = itertools.count()
        self._waiting: dict[str, asyncio.Future[Msg]] = {}
        self._subscription: Subscription | None = None

    async def open(self) -> None:
        """Begins to listen for replies; once, before anything is asked."""
        if self._subscription is None:
            self._subscription = await self._nats.subscribe(f"{self._inbox}.*", cb=self._came)

    async def ask(
        self, subject: str, data: bytes = b"", headers: dict[str, str] | None = None
    ) -> Msg:
        """The reply to a message.

        Raises:
            Unavailable: nobody takes it, or nothing came in time.
        """
        number = str(next(self._numbers))
        reply: asyncio.Future[Msg] = asyncio.get_running_loop().create_future()
        self._waiting[number] = reply
        try:
            async with asyncio.timeout(self._seconds):
                await self._nats.publish(subject, data, f"{self._inbox}.{number}", headers)
                message = await reply
        except Exception as error:  # noqa: BLE001 - the client raises what it likes
            raise as_tritone_error(error) from None
        finally:
            del self._waiting[number]
        if not message.data and (message.headers or {}).get(Header.STATUS.value) == _NOBODY:
            raise as_tritone_error(nats.errors.NoRespondersError())
        return message

    async def _came(self, message: Msg) -> None:
        reply = self._waiting.get(message.subject.rpartition(".")[2])
        if reply is not None and not reply.done():
            reply.set_result(message)
