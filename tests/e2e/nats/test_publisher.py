"""A publisher that is none of our code gets its answers from a bridge in a process of its own."""

import asyncio
import io
import uuid
import wave

import msgpack
import pytest

from tests.e2e.nats.publisher import put_together
from tests.e2e.nats.slow_bridge import pieces_of

pytestmark = pytest.mark.nats

CHUNK = {"request_id", "type", "content", "done", "timestamp", "seq"}
SPOKEN = CHUNK | {"audio", "sample_rate", "transcript", "visemes"}


def recording():
    """A second of silence, as WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(16_000)
        made.writeframes(bytes(32_000))
    return file.getvalue()


async def asked(publisher, subject, answers, fields):
    """What was heard of a request's answer until it was whole, chunks and whole."""
    request_id, heard, came = str(uuid.uuid4()), [], asyncio.Event()

    async def hear(message):
        heard.append((message.subject, msgpack.unpackb(message.data)))
        came.set()

    nc = publisher._nc
    subscriptions = [
        await nc.subscribe(f"{answers}.{request_id}", cb=hear),
        await nc.subscribe(f"{answers}.stream.{request_id}", cb=hear),
    ]
    request = {"request_id": request_id, **fields}
    # Nothing is more natural than the request's own id; its answer must not be taken for it.
    headers = {"Nats-Msg-Id": request_id}
    await nc.jetstream().publish(subject, msgpack.packb(request), headers=headers)
    async with asyncio.timeout(30):
        while not any(ends(*each) for each in heard):
            await came.wait()
            came.clear()
    for subscription in subscriptions:
        await subscription.unsubscribe()
    whole = [each for name, each in heard if ".stream." not in name]
    stream = await nc.jetstream().find_stream_name_by_subject(subscriptions[0].subject)
    stored = await publisher.stored(stream, subscriptions[0].subject)
    assert [fields for fields, _ in stored] == whole, f"{stream} does not keep what was heard"
    return [each for name, each in heard if ".stream." in name], whole


def ends(subject, message):
    """Whether it is the last that comes."""
    return bool(message["done"]) if ".stream." in subject else "payload" in message


async def test_a_publisher_gets_chats_spoken_turns_and_jobs(server, bridges, publisher, ready):
    """With only the documented fields, in chunks and as a whole, with the documented fields."""
    bridges.start(server.url)
    await ready()
    me = {"user_id": "u1"}
    chat = {**me, "message": "say this"}
    chunks, (whole,) = await asked(publisher, "ai.chat.user.u1.message", "ai.chat.response", chat)
    assert put_together(chunks) == "".join(pieces_of("say this")) == whole["content"]
    assert all(set(each) == CHUNK for each in [*chunks, whole])

    turn = {**me, "audio": recording(), "format": "wav"}
    for subject in ("ai.voice.user.u1.request", "ai.voice.request"):
        chunks, (whole,) = await asked(publisher, subject, "ai.voice.response", turn)
        assert put_together(chunks) == whole["content"] == "It is four."
        assert whole["transcript"] == "".join(each["transcript"] for each in chunks)
        assert whole["audio"] == b"".join(each["audio"] for each in chunks) != b""
        assert all(set(each) == SPOKEN for each in [*chunks, whole])

    job = {**me, "payload": {"texts": ["a cat"]}}
    _, (answer,) = await asked(
        publisher, "ai.pipeline.embedding.request", "ai.pipeline.embedding.response", job
    )
    assert answer["payload"]["dimensions"] == 384
    assert answer["error"] is None
    greeting, _ = await asked(
        publisher, "ai.chat.user.u1.greeting.morning", "ai.chat.response", chat
    )
    assert put_together(greeting) == "".join(pieces_of("say this"))
