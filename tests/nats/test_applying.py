"""Streams, consumers and the bucket: made, mended, and left alone."""

import asyncio
import random

import pytest
from nats.js import JetStreamContext

from tests.nats.drift_kit import change, contents, drift, fill
from tests.nats.server_kit import OwnServer
from tritone.nats.applying import apply, plan
from tritone.nats.connection import connect
from tritone.nats.settling import all_streams
from tritone.nats.streams import ANSWERED_BUCKET, CONSUMERS, STREAMS
from tritone.nats.wanted import BUCKET_STREAM

pytestmark = pytest.mark.nats


async def test_a_new_server_gets_everything(bare_js: JetStreamContext) -> None:
    """Each stream and consumer as it is declared; the plan says beforehand what is made."""
    planned = await plan(bare_js, 1)
    assert await contents(bare_js) == {}
    assert await apply(bare_js, 1) == planned
    assert {change.kind for change in planned} == {"create"}
    for spec in STREAMS:
        config = (await bare_js.stream_info(spec.name)).config
        assert tuple(config.subjects or ()) == spec.subjects
        assert (config.max_age, config.storage) == (spec.max_age, spec.storage)
        assert (config.retention, config.allow_direct) == ("limits", True)
        assert (config.num_replicas, config.duplicate_window) == (1, spec.duplicates)
    for reader in CONSUMERS:
        info = await bare_js.consumer_info(reader.stream, reader.name)
        filters = info.config.filter_subjects or [info.config.filter_subject]
        assert tuple(filters) == reader.subjects
        assert (info.config.ack_wait, info.config.max_deliver) == (30, 3)
        assert (info.config.ack_policy, info.config.deliver_policy) == ("explicit", "new")
        assert info.config.max_ack_pending == reader.max_ack_pending


async def test_the_bucket_is_one(js: JetStreamContext) -> None:
    """The client takes it for a key-value bucket that forgets after a day."""
    bucket = await js.key_value(ANSWERED_BUCKET)
    await bucket.put("r-1", b"x")
    await bucket.put("r-1", b"y")
    assert (await bucket.get("r-1")).value == b"y"
    status = await bucket.status()
    assert (status.ttl, status.history, status.values) == (86_400, 1, 1)


async def test_again_changes_nothing(js: JetStreamContext) -> None:
    """What is as it should be is left alone."""
    assert await plan(js, 1) == []
    assert await apply(js, 1) == []


async def test_several_at_once(bare_js: JetStreamContext) -> None:
    """Replicas of the bridge that start together do not get into each other's way."""
    done = await asyncio.gather(*(apply(bare_js, 1) for _ in range(4)))
    assert not [change for changes in done for change in changes if change.kind == "refused"]
    assert await plan(bare_js, 1) == []


@pytest.mark.parametrize("seed", range(15))
async def test_whatever_has_drifted_is_mended(js: JetStreamContext, seed: int) -> None:
    """Missing, wider, longer, shorter: the plan is empty afterwards, and no message is lost."""
    await fill(js)
    told = await drift(js, random.Random(seed))
    before = await contents(js)
    planned = await plan(js, 1)
    assert planned, told
    done = await apply(js, 1)
    assert [each for each in done if each.kind == "refused"] == [], told
    assert sorted(done, key=str) == sorted(planned, key=str), told
    assert await plan(js, 1) == [], told
    after = await contents(js)
    assert {name: after[name] for name in before} == before, told


async def test_what_others_added_stays(js: JetStreamContext) -> None:
    """Limits, descriptions and subjects that are nobody else's are not our business."""
    ours = (await js.stream_info("AI_DLQ")).config.subjects or []
    await change(js, "AI_DLQ", subjects=[*ours, "of.others"], max_msgs=9, description="mine")
    assert await apply(js, 1) == []
    config = (await js.stream_info("AI_DLQ")).config
    assert config.subjects == [*ours, "of.others"]
    assert (config.max_msgs, config.description) == (9, "mine")


async def test_memory_streams_come_back(own_server: OwnServer) -> None:
    """After a crash of the server what was in memory is made again, the rest is as it was."""
    back = asyncio.Event()

    async def reconnected() -> None:
        back.set()

    client = await connect(own_server.url, name="test", on_reconnect=reconnected)
    js = client.jetstream()
    await apply(js, 1)
    await fill(js)
    before = await contents(js)
    own_server.kill()
    await asyncio.to_thread(own_server.start)
    async with asyncio.timeout(10):
        await back.wait()
    made = {change.name for change in await apply(js, 1) if change.kind == "create"}
    assert made == {spec.name for spec in STREAMS if spec.storage == "memory"}
    after = await contents(js)
    assert {name: after[name] for name in before if name not in made} == {
        name: count for name, count in before.items() if name not in made
    }
    assert BUCKET_STREAM in await all_streams(js)
    await client.close()
