"""Asking a Wyoming server: a connection, the events sent, the events that come."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event

from tritone.errors import Internal

__all__ = ["asked"]


@contextlib.asynccontextmanager
async def asked(address: str, events: Sequence[Event]) -> AsyncIterator[AsyncIterator[Event]]:
    """Sends events to host:port, and answers those that come back.

    Raises:
        Internal: the server reports an error.
        OSError: it cannot be reached.
    """
    host, _, port = address.rpartition(":")
    client = AsyncTcpClient(host, int(port))
    await client.connect()
    try:
        for event in events:
            await client.write_event(event)
        yield _answers(client)
    finally:
        await client.disconnect()


async def _answers(client: AsyncTcpClient) -> AsyncIterator[Event]:
    while (event := await client.read_event()) is not None:
        if Error.is_type(event.type):
            raise Internal(Error.from_event(event).text)
        yield event
