"""Messages that the server gives up, because the bridge died each time that it was given them.

The server says so once, in an advisory, which a stream keeps. Such a message is tried once more,
for it may have been another that the bridge died of; when it dies again, it is a dead letter.
https://docs.nats.io/running-a-nats-service/nats_admin/monitoring/monitoring_jetstream
"""

from typing import Final

import msgspec
import structlog

from bridge.jetstream.delivery import Delivery, Incoming
from bridge.jetstream.handling import Handling
from bridge.jetstream.journal import Journal
from tritone.errors import EngineDied, TritoneError

__all__ = ["Exhausted"]

_ADDED: Final = frozenset({"Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp"})
"""Headers that the server adds where a message is read from a stream."""
log = structlog.get_logger("bridge")


class _Notice(msgspec.Struct):
    """https://github.com/nats-io/jsm.go/tree/main/schema_source, advisory/v1/max_deliver."""

    stream: str
    consumer: str
    stream_seq: int
    deliveries: int


class _Given:
    """The delivery of a message that was given up: what is said of it is said of the advisory."""

    last = True

    def __init__(self, advisory: Delivery, incoming: Incoming) -> None:
        self._advisory = advisory
        self.incoming = incoming

    async def beat(self) -> None:
        """Says that it is worked on."""
        await self._advisory.beat()

    async def ack(self) -> None:
        """Says that it is done with."""
        await self._advisory.ack()

    async def nak(self, seconds: float = 0.0) -> None:
        """Puts it back for a while."""
        await self._advisory.nak(seconds)

    async def term(self) -> None:
        """Says that nobody can answer it."""
        await self._advisory.ack()


class Exhausted:
    """Handles advisories.

    Args:
        journal: the streams.
        handling: what is done with messages.
    """

    def __init__(self, journal: Journal, handling: Handling) -> None:
        self._journal = journal
        self._handling = handling

    async def handle(self, advisory: Delivery) -> None:
        """Tries the message of an advisory once more. It raises nothing but CancelledError."""
        try:
            given = await self._given(advisory)
            if given is None:
                await advisory.ack()
                return
        except TritoneError as error:
            log.warning("left to be delivered again", code=error.code, reason=error.message)
            return
        verdict = None
        if advisory.incoming.attempt > 1:
            tries = given.incoming.attempt - 1
            verdict = EngineDied(f"the bridge died {tries} times while it answered this")
        await self._handling.handle(given, verdict)

    async def _given(self, advisory: Delivery) -> _Given | None:
        """The message; None when the stream does not keep it any more."""
        try:
            notice = msgspec.json.decode(advisory.incoming.data, type=_Notice)
        except msgspec.MsgspecError:
            log.warning("an advisory cannot be read", seq=advisory.incoming.seq)
            return None
        found = await self._journal.at(notice.stream, notice.stream_seq)
        if found is None:
            return None
        headers = {name: text for name, text in found.headers.items() if name not in _ADDED}
        incoming = Incoming(
            subject=found.subject,
            data=found.data,
            headers=headers,
            stream=notice.stream,
            seq=notice.stream_seq,
            attempt=notice.deliveries + advisory.incoming.attempt,
            stored_at=found.at,
        )
        return _Given(advisory, incoming)
