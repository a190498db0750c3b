"""Our own client and a real bridge, while both the bridge and the server are killed."""

import asyncio

import pytest

from tests.e2e.nats.slow_bridge import pieces_of
from tritone.nats.client import NatsClient

pytestmark = [
    pytest.mark.nats,
    pytest.mark.timeout(150),
    # nats-py leaves the transport of a connection that broke to the garbage collector.
    pytest.mark.filterwarnings("ignore:.*unclosed transport:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:.*_SelectorTransport:pytest.PytestUnraisableExceptionWarning"
    ),
]

READERS = 40


async def test_readers_get_their_answers_whatever_is_killed(server, bridges, ready):
    """In chunks, with restarts, as a whole, and late; each is told the right text to its end."""
    bridge = bridges.start(server.url)
    await ready()
    restarts = 0

    async def read(answer):
        nonlocal restarts
        text = ""
        async for chunk in answer:
            restarts += chunk.type == "restart"
            text = "" if chunk.type == "restart" else text + chunk.content
        assert chunk.type == "done"
        return text

    async with NatsClient(server.url, idle_timeout=60) as client:
        asking = {}
        for number in range(READERS):
            say, me, name = f"say {number}", f"u{number}", f"r-{number}"
            one = read(client.chat(say, user_id=me, request_id=name))
            asking[say] = asyncio.ensure_future(
                client.ask(say, user_id=me, request_id=name) if number % 4 == 0 else one
            )
            if number % 4 == 0:
                one.close()
            await asyncio.sleep(0.01)
        late = asyncio.ensure_future(read(client.replay(f"r-{READERS - 1}")))
        bridges.kill(bridge)
        bridges.start(server.url)
        await ready(2)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(100):
            for say, task in asking.items():
                assert await task == "".join(pieces_of(say))
            assert await late == "".join(pieces_of(f"say {READERS - 1}"))
        assert restarts > 0
        for say in asking:
            again = await read(client.replay(f"r-{say.partition(' ')[2]}"))
            assert again == "".join(pieces_of(say))
