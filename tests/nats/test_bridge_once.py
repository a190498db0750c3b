"""A request has one answer, however often it comes and whoever answers it."""

import contextlib

import msgpack
import pytest

from tests.nats.bridge_kit import Models, bridge, chat, new_id, specs, until
from tests.nats.reader_kit import reading, seqs, stored
from tests.nats.test_bridge_failures import count
from tritone.nats.connection import connect

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"


def written(request_id, kind, content, seq):
    """A chunk that some bridge has left behind."""
    return msgpack.packb(
        {
            "request_id": request_id,
            "type": kind,
            "content": content,
            "done": kind == "done",
            "timestamp": 1.0,
            "seq": seq,
        }
    )


@contextlib.asynccontextmanager
async def two_bridges(nc, nats_server, models, **options):
    """The same models behind two bridges with connections of their own."""
    other = await connect(nats_server.url, name="other")
    async with bridge(nc, models, **options) as one, bridge(other, models, **options) as two:
        yield one, two
    await other.close()


async def test_a_request_that_is_published_twice_runs_once(nc, js):
    """The second message of an answered request is acknowledged, and nothing is said again."""
    request_id, models = new_id(), Models()
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await until(lambda: count(opened, "handled", "chat") == 1)
        await js.publish(MESSAGE, chat(request_id))
        await until(lambda: count(opened, "handled", "chat") == 2)
        await nc.flush()
        info = await js.consumer_info("COMPANIONS_CHAT", "chat-handler")
    assert models.count("chat") == 1
    assert len(reader.wholes) == 1
    assert reader.types == ["chunk", "done"]
    assert info.num_ack_pending == 0


async def test_twice_at_once_runs_once(nc, js):
    """Of two messages with one id that are here together, the second waits for the first."""
    request_id, models = new_id(), Models()
    models.gate.clear()
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        await until(lambda: sum(pull.held for pull in opened._pulls) == 2)
        models.gate.set()
        await until(lambda: count(opened, "handled", "chat") == 2)
    assert models.count("chat") == 1
    assert len(reader.wholes) == 1


async def test_two_bridges_share_the_work(nc, js, nats_server):
    """Each of two bridges answers some of the requests, and each request has one answer."""
    models = Models()
    models.pause = 0.02
    ids = [new_id() for _ in range(40)]
    async with two_bridges(nc, nats_server, models) as (one, two):
        for request_id in ids:
            await js.publish(MESSAGE, chat(request_id))
        shares = [one, two]
        await until(lambda: sum(count(each, "handled", "chat") for each in shares) == len(ids))
    assert models.count("chat") == len(ids)
    assert all(count(each, "handled", "chat") >= 10 for each in shares)


async def test_a_bridge_that_was_overtaken_stops(nc, js):
    """When somebody else writes the answer on, the bridge neither writes nor answers any more."""
    request_id, models = new_id(), Models(*["word "] * 1000)
    models.pause = 0.01
    models.gate.clear()
    subject = f"ai.chat.response.stream.{request_id}"
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        await js.publish(subject, written(request_id, "restart", "", 1))
        models.gate.set()
        await until(lambda: count(opened, "failed", "chat", "SUPERSEDED") == 1)
        info = await js.consumer_info("COMPANIONS_CHAT", "chat-handler")
    assert models.stopped == 1
    assert not reader.wholes
    assert info.num_ack_pending == 1  # left to whoever overtook it
    kept = await stored(js, "AI_CHAT_STREAM", subject)
    assert [chunk["type"] for chunk in kept] == ["chunk", "restart"]


async def test_a_fresh_request_that_somebody_answers_is_left_to_them(nc, js):
    """Where chunks come already, a first delivery waits for its second."""
    request_id, models = new_id(), Models()
    subject = f"ai.chat.response.stream.{request_id}"
    await js.publish(subject, written(request_id, "chunk", "Some", 0))
    consumers = specs(ack_wait=1.0)
    async with bridge(nc, models, consumers=consumers), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.ended()
    chunks = await stored(js, "AI_CHAT_STREAM", subject)
    assert [chunk["type"] for chunk in chunks][:3] == ["chunk", "restart", "chunk"]
    assert seqs(chunks) == list(range(len(chunks)))
    assert models.count("chat") == 1


async def test_a_whole_answer_without_its_end_is_told_to_the_end(nc, js):
    """A bridge that died before `done`: the next one tells the stored answer, and asks nobody."""
    request_id, models = new_id(), Models()
    subject = f"ai.chat.response.stream.{request_id}"
    await js.publish(subject, written(request_id, "chunk", "Stored ", 0))
    whole = written(request_id, "done", "Stored answer.", 1)
    await js.publish(f"ai.chat.response.{request_id}", whole)
    async with bridge(nc, models) as opened:
        await js.publish(MESSAGE, chat(request_id))
        await until(lambda: count(opened, "handled", "chat") == 1)
    chunks = await stored(js, "AI_CHAT_STREAM", subject)
    assert [(chunk["type"], chunk["content"]) for chunk in chunks] == [
        ("chunk", "Stored "),
        ("restart", ""),
        ("chunk", "Stored answer."),
        ("done", ""),
    ]
    assert seqs(chunks) == [0, 1, 2, 3]
    assert not models.asked


async def test_the_stored_answer_wins_over_the_told_one(nc, js):
    """An answer that somebody stores first is what the chunks end with."""
    request_id, models = new_id(), Models()
    models.gate.clear()
    async with bridge(nc, models), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        await js.publish(
            f"ai.chat.response.{request_id}", written(request_id, "done", "Another answer.", 9)
        )
        models.gate.set()
        await reader.ended()
    assert reader.types == ["chunk", "restart", "chunk", "done"]
    assert reader.text == "Another answer."
    assert len(await stored(js, "AI_CHAT_RESPONSE", f"ai.chat.response.{request_id}")) == 1
