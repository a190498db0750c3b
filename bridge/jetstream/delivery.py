"""A message as JetStream delivered it, and what can be said to the server about it.

https://docs.nats.io/nats-concepts/jetstream/consumers: acknowledged, put back (NAK), given up
(TERM), or still worked on (+WPI).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from nats.aio.msg import Msg

from tritone.nats.failures import as_tritone_error

__all__ = ["Delivery", "Incoming", "Pulled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that asks for something.

    Attributes:
        subject: where it was published.
        data: its payload.
        headers: as they were sent.
        stream: which keeps it.
        seq: its place there.
        attempt: how often it was delivered, from 1.
        stored_at: Unix seconds, by the server's clock.
    """

    subject: str
    data: bytes
    headers: Mapping[str, str]
    stream: str
    seq: int
    attempt: int
    stored_at: float

    @property
    def lower_headers(self) -> dict[str, str]:
        """Headers by their names in lower case, since senders disagree about it."""
        return {name.lower(): text for name, text in self.headers.items()}


class Delivery(Protocol):
    """One delivery of a message, until something is said about it."""

    @property
    def incoming(self) -> Incoming:
        """The message."""
        ...

    @property
    def last(self) -> bool:
        """Whether the server will not deliver it again by itself."""
        ...

    async def beat(self) -> None:
        """Says that it is worked on."""
        ...

    async def ack(self) -> None:
        """Says that it is done with."""
        ...

    async def nak(self, seconds: float = 0.0) -> None:
        """Puts it back for a while."""
        ...

    async def term(self) -> None:
        """Says that nobody can answer it."""
        ...


class Pulled:
    """A delivery of a consumer's.

    Args:
        message: as the client has it.
        max_deliver: of the consumer.
    """

    def __init__(self, message: Msg, max_deliver: int) -> None:
        self._message = message
        about = message.metadata
        self.last = about.num_delivered >= max_deliver
        self.incoming = Incoming(
            subject=message.subject,
            data=message.data,
            headers=message.headers or {},
            stream=about.stream,
            seq=about.sequence.stream,
            attempt=about.num_delivered,
            stored_at=about.timestamp.timestamp(),
        )

    async def beat(self) -> None:
        """Says that it is worked on."""
        await self._say(Msg.Ack.Progress)

    async def ack(self) -> None:
        """Says that it is done with."""
        await self._say(b"")

    async def nak(self, seconds: float = 0.0) -> None:
        """Puts it back for a while."""
        delay = b' {"delay": %d}' % int(seconds * 1e9) if seconds else b""
        await self._say(Msg.Ack.Nak + delay)

    async def term(self) -> None:
        """Says that nobody can answer it."""
        await self._say(Msg.Ack.Term)

    async def _say(self, what: bytes) -> None:
        # By the connection, not by the message, whose state forbids to say a thing again.
        try:
            await self._message._client.publish(self._message.reply, what)  # noqa: SLF001
        except Exception as error:  # noqa: BLE001 - the client raises what it likes
            raise as_tritone_error(error) from None
