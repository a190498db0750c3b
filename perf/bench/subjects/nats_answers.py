"""A caller over NATS, as quick as one can be: subscribed once to all answers of a kind.

`tritone.nats.client` does more (a subscription for each request, replay after a lost connection);
what it adds to a request is its own, and no part of what NATS and the bridge cost.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from nats.aio.msg import Msg

from tritone.nats.connection import connect
from tritone.nats.wire import Message, pack

__all__ = ["ANSWER_SECONDS", "Answers"]

ANSWER_SECONDS: Final = 120.0


class Answers:
    """Publishes requests and sorts the messages that answer them.

    Args:
        subjects: patterns of the answers' subjects, whose last token is the request's id.
    """

    def __init__(self, subjects: Sequence[str]) -> None:
        self._subjects = subjects
        self._inboxes: dict[str, asyncio.Queue[Msg]] = {}

    async def open(self, url: str) -> None:
        """Connects and subscribes. Raises ServerUnreachable, SetupError."""
        self._nats = await connect(url, name="perf.bench")
        self._js = self._nats.jetstream()
        for subject in self._subjects:
            await self._nats.subscribe(subject, cb=self._came)

    async def close(self) -> None:
        """Ends the connection."""
        await self._nats.close()

    async def ask(self, subject: str, request: Message) -> asyncio.Queue[Msg]:
        """Publishes a request, acknowledged by the stream; what answers it comes into the queue."""
        inbox = self._inboxes[request.request_id] = asyncio.Queue()
        await self._js.publish(subject, pack(request))
        return inbox

    async def tell(self, subject: str) -> None:
        """Publishes an empty message, which nobody acknowledges."""
        await self._nats.publish(subject)

    def forget(self, request_id: str) -> None:
        """Nothing more is wanted of this request."""
        self._inboxes.pop(request_id, None)

    async def _came(self, message: Msg) -> None:
        inbox = self._inboxes.get(message.subject.rpartition(".")[2])
        if inbox is not None:
            inbox.put_nowait(message)
