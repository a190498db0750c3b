"""A connection to NATS that comes back by itself, however long the server is away.

While it is away, publishes are kept (up to `PENDING_BYTES`) and requests time out.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import nats.errors
from nats.aio.client import Client as NATS  # noqa: N814 - its own name for it

from tritone.errors import Internal, ServerUnreachable, SetupError, TritoneError
from tritone.nats.address import shown
from tritone.nats.failures import as_tritone_error

__all__ = ["NATS", "connect", "shown"]

CONNECT_SECONDS: Final = 5.0
"""How long the first connection may take."""
PAUSE_SECONDS: Final = 0.25
"""Between tries to connect again."""
PING_SECONDS: Final = 5
"""A server that leaves three pings unanswered is gone, however alive its address seems."""
PENDING_BYTES: Final = 32 * 1024**2
"""Room for two of the largest messages of the embedded server."""


async def connect(
    url: str,
    *,
    name: str,
    creds_file: Path | None = None,
    on_event: Callable[[str, str], None] = lambda _text, _level: None,
    on_reconnect: Callable[[], Awaitable[None]] | None = None,
) -> NATS:
    """Connects.

    Args:
        url: nats://host:port; several are joined by commas.
        name: who connects, for the server's own lists.
        creds_file: credentials, as nsc makes them.
        on_event: takes what happens to the connection: a text and its level.
        on_reconnect: called after each time the connection has come back, in a task of its own,
            again until it raises no error of the tree; by then memory streams may be gone.

    Raises:
        ServerUnreachable: nobody answers there.
        SetupError: the address cannot be used, or the server does not take the credentials.
    """
    if creds_file is not None and not os.access(creds_file, os.R_OK):
        raise SetupError(f"TRITONE_NATS__CREDS_FILE={creds_file} cannot be read")
    client = _Connection(on_event, on_reconnect)
    servers = [part.strip() for part in url.split(",") if part.strip()]
    if not servers:  # the client would look for one for ever, and let nobody else run
        raise SetupError("no NATS server is named: set TRITONE_NATS_URL to nats://host:4222")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.nats.connect(
                servers,
                name=name,
                user_credentials=str(creds_file) if creds_file else None,
                error_cb=client.failed,
                disconnected_cb=client.disconnected,
                reconnected_cb=client.reconnected,
                closed_cb=client.closed,
                max_reconnect_attempts=-1,
                reconnect_time_wait=PAUSE_SECONDS,  # type: ignore[arg-type] # a float serves
                ping_interval=PING_SECONDS,
                pending_size=PENDING_BYTES,
            )
    except BaseException as error:
        with contextlib.suppress(AssertionError):  # it had not begun: nothing is to be closed
            await client.nats.close()
        if not isinstance(error, Exception):
            raise
        raise _why(error, client.last_error, url, creds_file) from None
    client.begun = True
    return client.nats


class _Connection:
    """The client with what is told of it."""

    def __init__(
        self,
        on_event: Callable[[str, str], None],
        on_reconnect: Callable[[], Awaitable[None]] | None,
    ) -> None:
        self.nats = NATS()
        self.last_error: Exception | None = None
        self.begun = False
        self._on_event = on_event
        self._on_reconnect = on_reconnect
        self._lost = False
        self._task: asyncio.Task[None] | None = None

    async def failed(self, error: Exception) -> None:
        """While it is away every try fails; that is told once, by `disconnected`."""
        self.last_error = error
        known = as_tritone_error(error)
        if not self.begun and isinstance(known, SetupError):
            raise known  # ends the first connect at once: it will not get better
        told_anyway = isinstance(error, nats.errors.StaleConnectionError)
        if self.nats.is_connected and not self._lost and not told_anyway:
            self._on_event(f"NATS: {error}", "warning")

    async def disconnected(self) -> None:
        if not self.nats.is_closed:
            self._lost = True
            self._on_event("the connection to NATS is lost: connecting again", "warning")

    async def reconnected(self) -> None:
        self._lost = False
        self._on_event("the connection to NATS is back", "info")
        await self._stop_restoring()  # what it has made may be gone again
        if self._on_reconnect is not None:
            # Not here: the client would not go on before it is done, nor survive its failure.
            self._task = asyncio.create_task(self._restore(self._on_reconnect))

    async def closed(self) -> None:
        await self._stop_restoring()

    async def _stop_restoring(self) -> None:
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.wait({task})

    async def _restore(self, restore: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await restore()
            except TritoneError as error:
                self._on_event(f"{error.message}; trying again", "warning")
            await asyncio.sleep(PAUSE_SECONDS)


def _why(
    error: Exception, last: Exception | None, url: str, creds_file: Path | None
) -> TritoneError:
    if isinstance(error, TritoneError):
        return error
    if isinstance(error, TimeoutError | nats.errors.NoServersError):
        reason = f": {last}" if last is not None else ""
        return ServerUnreachable(
            f"no NATS server answers at {shown(url)}{reason}; start one with `tritone up`, or set "
            "TRITONE_NATS_URL"
        )
    known = as_tritone_error(error)
    if isinstance(error, nats.errors.Error) and not isinstance(known, Internal):
        return known
    if creds_file is not None and not isinstance(error, nats.errors.Error):
        # Whatever reading them and signing with them has raised: there are many kinds.
        return SetupError(
            f"TRITONE_NATS__CREDS_FILE={creds_file} cannot be used ({type(error).__name__}): "
            "it must be a file as nsc makes them"
        )
    return SetupError(f"TRITONE_NATS_URL={shown(url)} cannot be used: {error}")
