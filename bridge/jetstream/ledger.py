"""What is remembered of requests in the key-value bucket, longer than their answers are kept.

https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-8.md: a bucket is a
stream whose subjects are ``$KV.<bucket>.<key>``.
"""

import time
from typing import Final

import msgspec

from bridge.jetstream.delivery import Incoming
from bridge.jetstream.journal import Journal
from tritone.nats.streams import ANSWERED_BUCKET
from tritone.nats.wanted import BUCKET_STREAM

__all__ = ["Ledger"]

_ANSWERED: Final = f"$KV.{ANSWERED_BUCKET}."
_FAILED: Final = f"$KV.{ANSWERED_BUCKET}.failed."


class Ledger:
    """The bucket.

    Args:
        journal: the streams.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def answered(self, request_id: str) -> bool:
        """Whether a request has all of its answer. Raises Unavailable."""
        return await self._journal.last(BUCKET_STREAM, _ANSWERED + request_id) is not None

    async def mark(self, request_id: str) -> None:
        """Remembers that it has. Raises Unavailable."""
        await self._journal.publish(_ANSWERED + request_id, msgspec.msgpack.encode(time.time()))

    async def failed(self, incoming: Incoming) -> float:
        """Notes that a message failed; when it did so for the first time, in Unix seconds.

        Raises:
            Unavailable: JetStream does not answer.
        """
        subject = f"{_FAILED}{incoming.stream}.{incoming.seq}"
        first = await self._journal.last(BUCKET_STREAM, subject)
        if first is not None:
            return msgspec.msgpack.decode(first.data, type=float)
        now = time.time()
        await self._journal.publish(subject, msgspec.msgpack.encode(now))
        return now
