"""Looks at streams and consumers now and then, for the metrics."""

import asyncio
from typing import Final

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from bridge.jetstream.metrics import Metrics
from tritone.nats.failures import as_tritone_error
from tritone.nats.streams import CONSUMERS, STREAMS

__all__ = ["look", "watch"]

EVERY_SECONDS: Final = 5.0


async def watch(js: JetStreamContext, metrics: Metrics) -> None:
    """Looks until cancelled; while the server is away, the last figures stay."""
    while True:
        try:
            await look(js, metrics)
        except Exception as error:
            mapped = as_tritone_error(error)
            if mapped.code == "INTERNAL":
                raise
        await asyncio.sleep(EVERY_SECONDS)


async def look(js: JetStreamContext, metrics: Metrics) -> None:
    """Looks once. Raises what the client does."""
    for stream in STREAMS:
        try:
            info = await js.stream_info(stream.name)
        except NotFoundError:
            continue
        metrics.messages.labels(stream.name).set(info.state.messages)
    for spec in CONSUMERS:
        try:
            consumer = await js.consumer_info(spec.stream, spec.name)
        except NotFoundError:
            continue
        labels = (spec.stream, spec.name)
        metrics.pending.labels(*labels).set(consumer.num_pending or 0)
        metrics.ack_pending.labels(*labels).set(consumer.num_ack_pending or 0)
