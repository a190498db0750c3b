"""JetStream as the bridge needs it: publishes that are stored once, and looks at what is stored.

A publish is tried until the server says that it is stored. One whose acknowledgement was lost is
found by its message id, so that nothing is stored twice; the server itself would look for the last
sequence first and refuse it.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from nats.js.api import Header
from nats.js.errors import APIError

from bridge.jetstream.asking import Asking
from bridge.jetstream.stored import Stored
from tritone.errors import PayloadTooLarge, ServerUnreachable, Superseded, TritoneError, Unavailable
from tritone.nats.connection import NATS
from tritone.nats.failures import as_tritone_error
from tritone.telemetry.propagation import outgoing_headers

__all__ = ["Journal"]

PATIENCE_SECONDS: Final = 60.0
"""How long a publish is tried: a server that restarts is back by then."""
TRY_SECONDS: Final = 5.0
PAUSE_SECONDS: Final = 0.1
HEADER_BYTES: Final = 1024
"""The server counts headers to the payload."""
_NONE: Final = "404"


class _Acknowledgement(msgspec.Struct):
    """The server's reply to a publish."""

    seq: int = 0
    error: dict[str, Any] | None = None


class Journal:
    """The streams.

    Args:
        nats: the connection.
        restore: makes the streams again; called when one is missing.
        patience: seconds for which a publish is tried.
    """

    def __init__(
        self,
        nats: NATS,
        restore: Callable[[], Awaitable[None]],
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._nats = nats
        self._js = nats.jetstream(timeout=TRY_SECONDS)
        self._asking = Asking(nats, TRY_SECONDS)
        self._restore = restore
        self._patience = patience

    async def open(self) -> None:
        """Begins to listen for the server's replies."""
        await self._asking.open()

    @property
    def room(self) -> int:
        """Bytes that fit into a message."""
        return self._nats.max_payload - HEADER_BYTES

    async def publish(
        self,
        subject: str,
        data: bytes,
        *,
        message_id: str = "",
        stream: str = "",
        expected: int | None = None,
    ) -> int:
        """Stores a message; its place.

        Args:
            subject: where.
            data: what.
            message_id: what tells it from others, for 2 minutes.
            stream: which keeps the subject; needed where something is expected.
            expected: the place of the last message of the subject, 0 for none.

        Raises:
            Superseded: another message is the last.
            PayloadTooLarge: the server takes none so large.
            Unavailable: the server does not take it, for as long as patience lasts.
        """
        if len(data) > self.room:
            raise PayloadTooLarge(
                f"the answer has {len(data):,} bytes, and NATS takes {self.room:,}: ask for less"
            )
        headers = outgoing_headers()
        if message_id:
            headers[Header.MSG_ID.value] = message_id
        if expected is not None:
            headers[Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value] = str(expected)
        until = time.monotonic() + self._patience
        tried = False
        while True:
            try:
                # Plain subscribers see what JetStream refuses or drops, too: nothing is sent twice
                # before it is known that the first was lost, nor kept for a connection to come.
                await self._connected()
                found = await self._mine(stream, subject, message_id) if tried and stream else None
                if found is not None:
                    return found
                tried = True
                return await self._publish(subject, data, headers)
            except Superseded:
                raise
            except Unavailable:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(PAUSE_SECONDS)
            await self._mend()

    async def last(self, stream: str, subject: str) -> Stored | None:
        """The last message of a subject. Raises Unavailable."""
        return await self._get(f"{stream}.{subject}", b"")

    async def at(self, stream: str, seq: int) -> Stored | None:
        """The message of a place. Raises Unavailable."""
        return await self._get(stream, b'{"seq": %d}' % seq)

    async def born(self, stream: str) -> float:
        """When a stream was made, in Unix seconds. Raises Unavailable."""
        try:
            info = await self._js.stream_info(stream)
        except Exception as error:  # noqa: BLE001 - the client raises what it likes
            raise as_tritone_error(error) from None
        return info.created.timestamp() if info.created else time.time()

    async def _publish(self, subject: str, data: bytes, headers: dict[str, str]) -> int:
        reply = await self._asking.ask(subject, data, headers)
        try:
            told = msgspec.json.decode(reply.data, type=_Acknowledgement)
            if told.error is not None:
                APIError.from_error(told.error)
        except (APIError, msgspec.MsgspecError) as error:
            raise as_tritone_error(error) from None
        return told.seq

    async def _connected(self) -> None:
        """Raises Unavailable unless it is, within a moment."""
        if not self._nats.is_connected:
            await asyncio.sleep(PAUSE_SECONDS)
            if not self._nats.is_connected:
                raise ServerUnreachable("the connection to the NATS server is lost")

    async def _mine(self, stream: str, subject: str, message_id: str) -> int | None:
        """The place of a message whose acknowledgement was lost."""
        found = await self.last(stream, subject)
        return found.seq if found is not None and found.message_id == message_id else None

    async def _get(self, what: str, request: bytes) -> Stored | None:
        """See https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-31.md"""
        reply = await self._asking.ask(f"$JS.API.DIRECT.GET.{what}", request)
        headers = reply.headers or {}
        status = headers.get(Header.STATUS.value)
        if status == _NONE:
            return None
        if status is not None or "Nats-Sequence" not in headers:
            raise Unavailable(f"JetStream does not say what is stored in {what} ({status})")
        return Stored(
            subject=headers["Nats-Subject"],
            seq=int(headers["Nats-Sequence"]),
            at=datetime.fromisoformat(headers["Nats-Time-Stamp"]).timestamp(),
            data=reply.data,
            headers=headers,
        )

    async def _mend(self) -> None:
        """A memory stream is gone with its server; others are made when they are missing."""
        if self._nats.is_connected:
            with contextlib.suppress(TritoneError):
                await self._restore()
