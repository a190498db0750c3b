"""A NATS server that dies and comes back."""

import asyncio

import pytest

from tests.nats.bridge_kit import Models, bridge, chat, job, new_id, until
from tests.nats.reader_kit import reading, said, seqs, stored
from tests.nats.test_bridge_failures import count
from tritone.nats.connection import connect

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"


async def connected(server, opened=None):
    """A connection; one of a bridge tells it when it has come back."""

    async def back():
        await opened["bridge"].reconnected()

    return await connect(server.url, name="test", on_reconnect=back if opened is not None else None)


async def test_after_a_restart_new_requests_are_served(own_server):
    """The streams in memory are made again, and chats have their chunks as before."""
    holder = {}
    own, client = await connected(own_server, holder), await connected(own_server)
    async with bridge(own, Models()) as opened:
        holder["bridge"] = opened
        await asyncio.to_thread(own_server.kill)
        await asyncio.to_thread(own_server.start)
        await until(lambda: client.is_connected and own.is_connected and not opened.reason)
        request_id = new_id()
        async with reading(client, request_id) as reader:
            await client.jetstream().publish(MESSAGE, chat(request_id), timeout=20)
            await reader.ended()
            whole = await reader.whole()
        assert reader.text == "Rayleigh scatters blue." == whole["content"]
        assert reader.types[-2:] == ["chunk", "done"]
    await own.close()
    await client.close()


async def test_an_answer_survives_the_server(own_server):
    """What was told when the server died is told again behind a restart, numbered on."""
    holder, models, request_id = {}, Models(), new_id()
    own, client = await connected(own_server, holder), await connected(own_server)
    models.gate.clear()
    async with bridge(own, models) as opened, reading(client, request_id) as reader:
        holder["bridge"] = opened
        await client.jetstream().publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        await asyncio.to_thread(own_server.kill)
        await asyncio.to_thread(own_server.start)
        await until(lambda: client.is_connected and own.is_connected)
        models.gate.set()
        js = client.jetstream()
        await until(lambda: count(opened, "handled", "chat") >= 1)
        kept = await stored(js, "AI_CHAT_STREAM", f"ai.chat.response.stream.{request_id}")
        wholes = await stored(js, "AI_CHAT_RESPONSE", f"ai.chat.response.{request_id}")
    assert kept[0]["type"] == "restart"
    assert said(kept) == "Rayleigh scatters blue."
    assert kept[-1]["type"] == "done"
    first = kept[0]["seq"]
    before = [chunk for chunk in reader.chunks if chunk["content"] and chunk["seq"] < first]
    assert before, "the reader had a part of the answer"
    assert seqs(kept) == list(range(first, first + len(kept)))
    assert [whole["content"] for whole in wholes] == ["Rayleigh scatters blue."]
    assert models.count("chat") == 1
    await own.close()
    await client.close()


async def test_a_job_that_ends_while_the_server_is_away_is_stored_later(own_server):
    """Its result waits for the server, and is there once."""
    holder, models, request_id = {}, Models(), new_id()
    own, client = await connected(own_server, holder), await connected(own_server)
    models.gate.clear()
    async with bridge(own, models) as opened:
        holder["bridge"] = opened
        message = job(request_id, {"texts": "a cat"})
        await client.jetstream().publish("ai.pipeline.embedding.request", message)
        await until(lambda: models.running["embedder"])
        await asyncio.to_thread(own_server.kill)
        models.gate.set()
        await until(lambda: not models.running["embedder"])
        await asyncio.sleep(0.5)
        await asyncio.to_thread(own_server.start)
        await until(lambda: count(opened, "handled", "pipeline") >= 1)
        subject = f"ai.pipeline.embedding.response.{request_id}"
        found = await stored(client.jetstream(), "AI_PIPELINE", subject)
    assert [answer["error"] for answer in found] == [None]
    assert models.count("embedder") == 1
    await own.close()
    await client.close()


async def test_chunks_that_nobody_remembers_are_not_numbered_again(own_server):
    """A request from before the restart begins behind whatever may have been told of it."""
    client = await connected(own_server)
    request_id, models = new_id(), Models()
    async with bridge(client, models) as opened:
        await opened.restore()
    await client.jetstream().publish(MESSAGE, chat(request_id))
    await asyncio.sleep(0.1)
    await asyncio.to_thread(own_server.kill)
    await asyncio.to_thread(own_server.start)
    await until(lambda: client.is_connected)
    async with bridge(client, models), reading(client, request_id) as reader:
        chunks = await reader.ended()
    assert reader.types == ["restart", "chunk", "done"]
    assert chunks[0]["seq"] >= 100
    assert seqs(chunks) == list(range(chunks[0]["seq"], chunks[0]["seq"] + len(chunks)))
    await client.close()
