"""Keeps messages that are worked on from being delivered again."""

import asyncio
import contextlib
from collections.abc import Iterator

from bridge.jetstream.delivery import Delivery
from tritone.errors import TritoneError

__all__ = ["Heartbeats"]


class Heartbeats:
    """One clock for all deliveries of a consumer.

    Args:
        ack_wait: seconds after which the consumer's messages are delivered again.
    """

    def __init__(self, ack_wait: float) -> None:
        self._seconds = ack_wait / 3
        self._kept: set[Delivery] = set()

    @contextlib.contextmanager
    def keeping(self, delivery: Delivery) -> Iterator[None]:
        """Keeps a delivery alive as long as the block runs."""
        self._kept.add(delivery)
        try:
            yield
        finally:
            self._kept.discard(delivery)

    async def run(self) -> None:
        """Beats until cancelled."""
        while True:
            await asyncio.sleep(self._seconds)
            for delivery in tuple(self._kept):
                if delivery in self._kept:  # not said to be done while another was beaten for
                    with contextlib.suppress(TritoneError):  # the next beat may get through
                        await delivery.beat()
