"""Two bridges over one durable consumer."""

import asyncio
from collections import Counter

import pytest

from tests.e2e.nats.counting import count
from tests.e2e.nats.processes import RUNNING, ended

pytestmark = [pytest.mark.nats, pytest.mark.timeout(180)]

MESSAGES = 300


async def test_two_bridges_share_evenly_and_one_takes_over(server, bridges, publisher, ready):
    """Neither does less than a third; when one is killed, the other answers within ack_wait."""
    first, second = bridges.start(server.url), bridges.start(server.url)
    await ready(2)
    await publisher.chats(MESSAGES // 2, 0.01)
    await count(publisher, bridges, seconds=30)
    shares = Counter(run.pid for run in bridges.runs())
    assert set(shares) == {first.pid, second.pid}
    assert min(shares.values()) >= MESSAGES // 2 // 3, shares

    asking = asyncio.create_task(publisher.chats(MESSAGES // 2, 0.01))
    await asyncio.sleep(0.5)
    bridges.kill(first)
    killed_at = asyncio.get_running_loop().time()
    await asking
    again = await count(publisher, bridges, seconds=45)
    assert 0 < again <= RUNNING
    assert asyncio.get_running_loop().time() - killed_at < 45  # ack_wait is 30
    last = [run for run in bridges.runs() if run.pid == second.pid]
    assert len(ended(last)) > MESSAGES // 2
