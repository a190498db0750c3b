"""Streams and consumers that differ from what is declared, as time and people make them."""

import random

from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from tritone.nats.settling import all_streams
from tritone.nats.streams import CONSUMERS, STREAMS, ConsumerSpec
from tritone.nats.wanted import BUCKET_STREAM

AGES = (0, 60, 3600, 400 * 86_400)
WIDER = {
    "AI_VOICE_STREAM": ("ai.voice.>", "AI_VOICE_RESPONSE_STREAM"),
    "AI_CHAT_RESPONSE": ("ai.chat.response.>", "AI_CHAT_STREAM"),
    "COMPANIONS_CHAT": ("ai.chat.user.>", "COMPANIONS_LOGINS"),
}
"""Subjects that a stream had before another was made: the stream, its subject, the other."""


async def fill(js: JetStreamContext) -> None:
    """A message for each stream."""
    for stream in STREAMS:
        subject = stream.subjects[-1].replace("*", "x").replace(">", "x.y")
        await js.publish(subject, stream.name.encode(), stream=stream.name)


async def drift(js: JetStreamContext, chance: random.Random) -> list[str]:
    """Changes some of everything, without losing a message; says what."""
    told: list[str] = []
    for name, (subject, other) in WIDER.items():
        if chance.random() < 0.3:
            told.append(f"{name} has {subject}, {other} is missing")
            await js.delete_stream(other)
            await change(js, name, subjects=[subject])
    told += [
        f"{name} is changed"
        for name in await all_streams(js)
        if await _drift_stream(js, name, chance.randrange(6), chance.choice(AGES))
    ]
    told += [
        f"{spec.name} is changed"
        for spec in CONSUMERS
        if await _drift_consumer(js, spec, chance.randrange(4))
    ]
    return told


async def _drift_stream(js: JetStreamContext, name: str, how: int, age: float) -> bool:
    match how:
        case 0:
            await change(js, name, max_age=age, duplicate_window=30)
        case 1 if name != BUCKET_STREAM:
            subjects = [f"of.others.{name}", f"of.others.{name}.>"]
            info = await js.stream_info(name)
            await change(js, name, subjects=[*(info.config.subjects or []), *subjects])
        case 2:
            await change(js, name, allow_direct=False, description="by hand")
        case 3:
            await change(js, name, max_msgs=1000, duplicate_window=20)
        case _:
            return False
    return True


async def _drift_consumer(js: JetStreamContext, spec: ConsumerSpec, how: int) -> bool:
    match how:
        case 0:
            await js.delete_consumer(spec.stream, spec.name)
        case 1:
            config = ConsumerConfig(name=spec.name, durable_name=spec.name, ack_wait=7)
            await js.add_consumer(spec.stream, config, deliver_policy="new")
        case _:
            return False
    return True


async def change(js: JetStreamContext, name: str, **fields: object) -> None:
    """Edits a stream by hand."""
    await js.update_stream((await js.stream_info(name)).config.evolve(**fields))


async def contents(js: JetStreamContext) -> dict[str, tuple[int, int]]:
    """How many messages each stream holds, and the last one's sequence."""
    return {
        name: (info.state.messages, info.state.last_seq)
        for name, info in (await all_streams(js)).items()
    }
