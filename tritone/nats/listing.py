"""The dead letters one after another, without their payloads."""

from collections.abc import AsyncGenerator
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from tritone.nats.letter import Letter, read_letter

__all__ = ["DLQ", "each_letter"]

DLQ: Final = "AI_DLQ"
_BATCH: Final = 100


async def each_letter(js: JetStreamContext, subject: str) -> AsyncGenerator[Letter, None]:
    """Those of a subject, oldest first, through a consumer that is gone with the generator."""
    info = await js.stream_info(DLQ, subjects_filter=subject)
    left = sum((info.state.subjects or {}).values())
    if not left:
        return
    reader = await js.pull_subscribe(
        subject,
        stream=DLQ,
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.NONE,
            headers_only=True,
            inactive_threshold=30.0,
        ),
    )
    name = (await reader.consumer_info()).name
    try:
        while left > 0:
            for message in await reader.fetch(min(_BATCH, left), timeout=5):
                left -= 1
                headers = message.headers or {}
                size = int(headers.get("Nats-Msg-Size", "0"))
                seq = message.metadata.sequence.stream
                yield read_letter(seq, message.subject, headers, b"", size)
    except TimeoutError:  # somebody has deleted some meanwhile
        return
    finally:
        await js.delete_consumer(DLQ, name)
        await reader.unsubscribe()
