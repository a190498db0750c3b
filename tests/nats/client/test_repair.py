"""What the client did not hear it finds in the streams, also when the server was killed."""

import asyncio
import contextlib
import gc

import pytest

from tests.nats.client.responder_kit import CHATS, Responder, read, text
from tritone.nats.applying import apply
from tritone.nats.client import NatsClient
from tritone.nats.connection import connect

pytestmark = pytest.mark.nats
KILLED = pytest.mark.filterwarnings(
    # nats-py leaves the transport of a connection that broke to the garbage collector.
    "ignore:.*unclosed transport:ResourceWarning",
    "ignore:.*_SelectorTransport:pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture
def collected():
    """Garbage is collected in the test that made it."""
    yield
    gc.collect()


async def heard_nothing(client, bridge, publishing):
    """Reads an answer of which nothing is heard; `publishing` says it to the streams."""
    reading = asyncio.ensure_future(read(client.chat("Why?", user_id="u42")))
    request_id = (await bridge.next_request())["request_id"]
    for subscription in list(client._client._subs.values()):
        if subscription.subject.startswith("ai."):
            await subscription.unsubscribe()
    await client._client.flush()
    await publishing(request_id)
    return await reading


async def test_chunks_that_were_not_heard_are_looked_up(client, bridge):
    """All of them, in their order, once it was silent for a while."""

    async def publishing(request_id):
        for seq in range(5):
            await bridge.say(request_id, seq, f"{seq} ")
        await bridge.say(request_id, 5, kind="done")

    chunks = await heard_nothing(client, bridge, publishing)
    assert chunks == [("chunk", f"{seq} ") for seq in range(5)] + [("done", "")]


async def test_a_whole_answer_is_enough(client, bridge):
    """When the chunks are gone."""

    async def publishing(request_id):
        await bridge.answer(request_id, "Blue light")

    assert await heard_nothing(client, bridge, publishing) == [
        ("chunk", "Blue light"),
        ("done", ""),
    ]


async def test_a_gap_is_filled_at_once(client, bridge, nc):
    """A chunk that was heard sends the client for those before it."""
    async with contextlib.aclosing(client.chat("Why?", user_id="u42")) as answer:
        reading = asyncio.ensure_future(anext(answer))
        request_id = (await bridge.next_request())["request_id"]
        await bridge.say(request_id, 0, "a")
        assert (await reading).content == "a"
        (inbox,) = client._asking._inboxes
        put, inbox.put = inbox.put, lambda _arrival: None  # the network loses what comes
        await bridge.say(request_id, 1, "b")
        await bridge.say(request_id, 2, "c")
        await asyncio.sleep(0.1)
        inbox.put = put
        began = asyncio.get_running_loop().time()
        await bridge.say(request_id, 3, "d")
        rest = [(await anext(answer)).content for _ in range(3)]
        assert rest == ["b", "c", "d"]
        assert asyncio.get_running_loop().time() - began < 1.5  # it did not wait for silence


async def test_a_late_reader_gets_what_is_kept_and_then_the_rest(client, bridge):
    """In order, while others read the same; leaving cancels nothing."""
    for seq in range(3):
        await bridge.say("r-1", seq, f"{seq} ")
    async with contextlib.aclosing(client.replay("r-1")) as answer:
        assert [(await anext(answer)).seq for _ in range(3)] == [0, 1, 2]
        await bridge.say("r-1", 3, "3 ")
        assert (await anext(answer)).content == "3 "
    whole = "0 1 2 3 "
    await bridge.answer("r-1", whole)
    await bridge.say("r-1", 4, kind="done")
    assert text(await read(client.replay("r-1"))) == whole
    assert bridge.cancelled == []


async def test_a_late_reader_of_an_old_answer_gets_the_whole(client, bridge, js):
    """Its chunks are gone after five minutes."""
    await bridge.answer("r-1", "Blue light")
    assert await read(client.replay("r-1")) == [("chunk", "Blue light"), ("done", "")]
    spoken = {"audio": b"\1\0", "sample_rate": 8000, "transcript": "Why?", "visemes": []}
    await bridge.answer("r-2", "Blue.", area="voice", **spoken)
    (first, _) = [each async for each in client.replay_voice("r-2")]
    assert (first.content, first.audio, first.transcript) == ("Blue.", b"\1\0", "Why?")


@KILLED
async def test_nothing_is_lost_when_the_server_is_killed(own_server, collected):
    """Between two chunks: the memory of the first is gone, and the answer is read to its end."""
    nc = await connect(own_server.url, name="bridge")
    await apply(nc.jetstream(), 1)
    bridge = Responder(nc)
    await bridge.listen(CHATS)
    async with NatsClient(own_server.url, idle_timeout=30) as client:
        answer = client.chat("Why?", user_id="u42")
        reading = asyncio.ensure_future(anext(answer))
        request_id = (await bridge.next_request())["request_id"]
        await bridge.say(request_id, 0, "Blue ")
        first = await reading
        await asyncio.to_thread(own_server.kill)
        reading = asyncio.ensure_future(read(answer))
        await asyncio.to_thread(own_server.start)
        await bridge.until(lambda: nc.is_connected)
        await apply(nc.jetstream(), 1)
        await bridge.answer(request_id, "Blue light")
        rest = await reading
    assert text([("chunk", first.content), *rest]) == "Blue light"
    assert rest[-1] == ("done", "")
    await nc.close()


@KILLED
async def test_a_request_is_published_while_the_server_comes_back(own_server, collected):
    """It is asked again until the server has it, and is there once."""
    nc = await connect(own_server.url, name="bridge")
    await apply(nc.jetstream(), 1)
    js, bridge = nc.jetstream(), Responder(nc)
    async with NatsClient(own_server.url, idle_timeout=30) as client:
        await asyncio.to_thread(own_server.kill)
        asking = asyncio.ensure_future(client.ask("Why?", user_id="u42", request_id="r-1"))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(own_server.start)
        await bridge.until(lambda: nc.is_connected)
        await apply(js, 1)
        async with asyncio.timeout(20):
            while not (kept := (await js.stream_info("COMPANIONS_CHAT")).state.messages):  # noqa: ASYNC110 - of a server
                await asyncio.sleep(0.1)
        assert kept == 1
        await bridge.answer("r-1", "Blue light")
        assert await asking == "Blue light"
        assert (await js.stream_info("COMPANIONS_CHAT")).state.messages == 1
    await nc.close()
