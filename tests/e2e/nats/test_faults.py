"""300 requests while something dies: none is lost, none answered twice, each in its order.

Both ends are counted: what the publisher gets, and what the engine runs.
"""

import asyncio

import pytest

from tests.e2e.nats.counting import count
from tests.e2e.nats.processes import ended as answered
from tests.e2e.nats.proxy import Proxy

pytestmark = [pytest.mark.nats, pytest.mark.timeout(180)]

MESSAGES = 300
EVERY = 0.01
"""Seconds between two requests, so that many are at work at any time."""


async def some_at_work(bridges, ended):
    """Waits until so many answers are ready and others are in the middle."""
    async with asyncio.timeout(60):
        while len(answered(bridges.runs())) < ended:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.02)


async def test_a_bridge_that_is_killed_three_times(server, bridges, publisher, ready):
    """In mid-stream; the next one begins the answers anew, and says so."""
    bridge = bridges.start(server.url)
    await ready()
    asking = asyncio.create_task(publisher.chats(MESSAGES, EVERY))
    for ended in (20, 80, 140):
        await some_at_work(bridges, ended)
        bridges.kill(bridge)
        bridge = bridges.start(server.url)
    await asking
    assert await count(publisher, bridges, seconds=120) > 0
    restarted = {
        publisher.asked[request_id]
        for request_id, heard in publisher.heard.items()
        if any(each["type"] == "restart" for each in heard.chunks)
    }
    # Each was begun by a bridge that was killed; one that was stored as a whole is not run again.
    assert restarted
    assert restarted <= {run.message for run in bridges.runs() if run.pid != bridge.pid}


async def test_a_server_that_is_killed(server, bridges, publisher, ready):
    """It comes back with everything that it has acknowledged, and without what was in memory."""
    bridges.start(server.url)
    await ready()
    asking = asyncio.create_task(publisher.chats(MESSAGES, EVERY))
    await some_at_work(bridges, 60)
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(1)
    await asyncio.to_thread(server.start)
    await asking
    await count(publisher, bridges, seconds=100, all_heard=False)


async def test_models_that_die_and_come_back(server, bridges, publisher, ready):
    """Requests wait for them; what they had begun to say is said anew."""
    bridges.start(server.url)
    await ready()
    asking = asyncio.create_task(publisher.chats(MESSAGES, EVERY))
    await some_at_work(bridges, 60)
    bridges.take_models_down()
    await asyncio.sleep(3)
    bridges.bring_models_up()
    await asking
    assert await count(publisher, bridges, seconds=100) > 0


async def test_a_network_that_stalls_for_40_seconds(server, bridges, publisher, ready):
    """Longer than a message waits for its acknowledgement; another bridge takes its work over.

    When the first is back, what it still has to say of those answers is refused.
    """
    async with Proxy(server.settings.nats.port) as proxy:
        bridges.start(proxy.url)
        await ready()
        asking = asyncio.create_task(publisher.chats(MESSAGES, EVERY))
        await some_at_work(bridges, 60)
        with proxy.stalled():
            bridges.start(server.url)
            await asyncio.sleep(40)
        await asking
        await count(publisher, bridges, seconds=100, refused_heard=True)
        bridges.close()
