"""Streams with three replicas, on a cluster of three servers."""

import asyncio

import pytest

from tests.nats.server_kit import cluster
from tritone.errors import Unavailable
from tritone.nats.applying import apply, plan
from tritone.nats.connection import connect
from tritone.nats.durability import unflushed
from tritone.nats.streams import STREAMS

pytestmark = pytest.mark.nats


async def test_three_replicas(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One becomes three where that is set; three never become one by themselves."""
    with cluster(tmp_path_factory.mktemp("cluster")) as url:
        client = await connect(url, name="test")
        js = client.jetstream()
        async with asyncio.timeout(60):
            while True:  # the servers choose a leader first
                try:
                    await apply(js, 1)
                    break
                except Unavailable:
                    await asyncio.sleep(0.2)
        assert await plan(js, 1) == []
        changes = await apply(js, 3)
        assert {change.detail for change in changes} == {"num_replicas 1 -> 3"}
        assert len(changes) == len(STREAMS) + 1
        assert await plan(js, 3) == []
        assert (await js.stream_info("AI_DLQ")).config.num_replicas == 3
        assert await unflushed(js, "") == []  # several machines have each message
        back = await apply(js, 1)
        assert {change.kind for change in back} == {"refused"}
        assert "TRITONE_NATS__REPLICAS=3" in back[0].detail
        assert (await js.stream_info("AI_DLQ")).config.num_replicas == 3
        await client.close()
