"""The client asks, and reads answers while they are made, through a real nats-server."""

import asyncio
import contextlib

import msgpack
import pytest

from tests.nats.client.responder_kit import read
from tritone.errors import (
    DeadlineExceeded,
    EngineDied,
    Internal,
    InvalidInput,
    ServerUnreachable,
    TextEmpty,
    Unavailable,
)
from tritone.nats.client import NatsClient

pytestmark = pytest.mark.nats


async def test_chunks_are_read_while_they_come(client, bridge):
    """The first is there before the second was made; the last says that it is done."""
    async with contextlib.aclosing(client.chat("Why?", user_id="u42", premium=True)) as answer:
        reading = asyncio.ensure_future(anext(answer))
        request = await bridge.next_request()
        assert (request["message"], request["user_id"], request["premium"]) == ("Why?", "u42", True)
        await bridge.say(request["request_id"], 0, "Blue")
        assert (await reading).content == "Blue"
        await bridge.say(request["request_id"], 1, " light")
        assert (await anext(answer)).content == " light"
        await bridge.answer(request["request_id"], "Blue light")
        await bridge.say(request["request_id"], 2, kind="done")
        last = await anext(answer)
        assert (last.type, last.done) == ("done", True)
        with pytest.raises(StopAsyncIteration):
            await anext(answer)
    assert bridge.cancelled == []


async def test_a_request_is_on_disk_and_says_only_what_was_given(client, bridge, js):
    """Its stream has it; fields without a value say nothing."""
    reading = asyncio.ensure_future(read(client.chat("Why?", user_id="u42")))
    request = await bridge.next_request()
    kept = await js.get_last_msg("COMPANIONS_CHAT", "ai.chat.user.u42.message")
    assert msgpack.unpackb(kept.data) == request
    assert request["enable_streaming"] is True
    assert {name for name, value in request.items() if value is not None} == {
        "request_id",
        "user_id",
        "message",
        "enable_streaming",
        "timestamp",
    }
    await bridge.say(request["request_id"], 0, kind="done")
    assert await reading == [("done", "")]


async def test_a_restart_is_told(client, bridge):
    """As a chunk of its own, so that the reader throws away what it had."""
    reading = asyncio.ensure_future(read(client.chat("Why?", user_id="u42")))
    request_id = (await bridge.next_request())["request_id"]
    for seq, content, kind in [
        (0, "Bl", "chunk"),
        (1, "", "restart"),
        (2, "Blue", "chunk"),
        (3, "", "done"),
    ]:
        await bridge.say(request_id, seq, content, kind)
    assert await reading == [("chunk", "Bl"), ("restart", ""), ("chunk", "Blue"), ("done", "")]


@pytest.mark.parametrize(
    ("code", "error"),
    [("TEXT_EMPTY", TextEmpty), ("ENGINE_DIED", EngineDied), ("NEW_CODE", Internal)],
)
async def test_an_error_is_raised_as_its_own_class(client, bridge, code, error):
    """After the chunks that came before it; nobody is asked to stop what has ended."""
    answer = client.chat("Why?", user_id="u42")
    reading = asyncio.ensure_future(anext(answer))
    request_id = (await bridge.next_request())["request_id"]
    await bridge.say(request_id, 0, "Bl")
    await bridge.say(request_id, 1, "because", "error", code=code)
    assert (await reading).content == "Bl"
    with pytest.raises(error, match="because"):
        await anext(answer)
    assert bridge.cancelled == []


async def test_leaving_early_cancels_the_request(client, bridge):
    """So that nobody writes on."""
    async with contextlib.aclosing(client.chat("Why?", user_id="u42")) as answer:
        reading = asyncio.ensure_future(anext(answer))
        request_id = (await bridge.next_request())["request_id"]
        await bridge.say(request_id, 0, "Bl")
        await reading
    assert await bridge.until(lambda: bridge.cancelled) == [request_id]


async def test_a_task_that_is_cancelled_cancels_its_request(client, bridge):
    """Whether it waits for chunks or for a whole answer."""
    for asking in (read(client.chat("Why?", user_id="u42")), client.ask("Why?", user_id="u42")):
        bridge.requests.clear()
        bridge.cancelled.clear()
        task = asyncio.ensure_future(asking)
        request_id = (await bridge.next_request())["request_id"]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await bridge.until(lambda: bridge.cancelled) == [request_id]


async def test_an_answer_that_does_not_come_is_given_up(nats_server, bridge):
    """When nothing came for too long, or not all of it in time; the request is cancelled."""
    async with NatsClient(nats_server.url, idle_timeout=0.3) as client:
        with pytest.raises(DeadlineExceeded, match="nothing came"):
            await read(client.chat("Why?", user_id="u42"))
        with pytest.raises(DeadlineExceeded, match="not whole"):
            await client.ask("Why?", user_id="u42", timeout=0.1)
    await bridge.until(lambda: len(bridge.cancelled) == 2)


async def test_a_whole_answer_is_asked_for_without_chunks(client, bridge):
    """And is one text."""
    asking = asyncio.ensure_future(client.ask("Why?", user_id="u42", session_id="s"))
    request = await bridge.next_request()
    assert (request["enable_streaming"], request["session_id"]) == (False, "s")
    await bridge.answer(request["request_id"], "Blue light")
    assert await asking == "Blue light"


async def test_a_whole_answer_may_be_an_error(client, bridge):
    """Raised as what it is."""
    asking = asyncio.ensure_future(client.ask("Why?", user_id="u42"))
    request_id = (await bridge.next_request())["request_id"]
    await bridge.answer(request_id, "dead", "error", code="ENGINE_DIED")
    with pytest.raises(EngineDied, match="dead"):
        await asking


async def test_cancel_stops_what_somebody_else_has_asked(client, bridge):
    """By the request's id."""
    await client.cancel("somebody-elses")
    assert await bridge.until(lambda: bridge.cancelled) == ["somebody-elses"]


@pytest.mark.parametrize("user_id", ["", "a.b", "a b", "*", ">", "a\n"])
async def test_a_user_who_cannot_be_in_a_subject_is_refused(client, user_id):
    """Before anything is published."""
    with pytest.raises(InvalidInput, match="user_id"):
        client.chat("Why?", user_id=user_id)


async def test_a_client_that_is_not_connected_says_so():
    """And where nobody listens, it says that."""
    client = NatsClient("nats://127.0.0.1:9")
    with pytest.raises(Unavailable, match="async with"):
        client.chat("Why?", user_id="u42")
    with pytest.raises(ServerUnreachable):
        await client.connect()
