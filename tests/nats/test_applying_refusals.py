"""What cannot be mended without a loss is refused, and all the rest is done."""

import asyncio
from dataclasses import replace

import pytest
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StreamConfig

from tests.nats.drift_kit import change, contents
from tests.nats.server_kit import OwnServer
from tritone.errors import ServerUnreachable, Unavailable
from tritone.nats.applying import Change, apply, plan
from tritone.nats.connection import connect
from tritone.nats.streams import CONSUMERS, STREAMS, stream_named

pytestmark = pytest.mark.nats

COUNT = len(STREAMS) + len(CONSUMERS) + 1
"""Streams, consumers and the bucket."""


async def refused(js: JetStreamContext, replicas: int = 1) -> tuple[list[Change], list[Change]]:
    """What `apply` refuses, and what it does; the plan says the same, and stays."""
    planned = await plan(js, replicas)
    done = await apply(js, replicas)
    assert sorted(planned, key=str) == sorted(done, key=str)
    no = [each for each in done if each.kind == "refused"]
    assert sorted(await plan(js, replicas), key=str) == sorted(no, key=str)
    return no, [each for each in done if each.kind != "refused"]


@pytest.mark.parametrize(("field", "value"), [("storage", "memory"), ("retention", "workqueue")])
async def test_another_kind_of_stream(bare_js: JetStreamContext, field: str, value: str) -> None:
    """Storage and retention take a new stream; its messages and the others are left in peace."""
    spec = stream_named("COMPANIONS_LOGINS")
    config = StreamConfig(name=spec.name, subjects=list(spec.subjects), **{field: value})
    await bare_js.add_stream(config)
    await bare_js.publish("ai.chat.user.ada.login", b"hello")
    no, done = await refused(bare_js)
    ((name, detail),) = [(each.name, each.detail) for each in no]
    assert name == spec.name
    assert f"{field} is {value} and must be" in detail
    assert "back it up" in detail
    assert len(done) == COUNT  # all others, and this one's age
    assert (await contents(bare_js))[spec.name] == (1, 1)


async def test_subjects_of_a_strangers_stream(bare_js: JetStreamContext) -> None:
    """It is named, with its subject and what to do; its consumers are refused with the stream."""
    await bare_js.add_stream(name="THEIRS", subjects=["mine", "ai.pipeline.*.request"])
    no, done = await refused(bare_js)
    handlers = [f"AI_PIPELINE/{each.name}" for each in CONSUMERS if each.stream == "AI_PIPELINE"]
    assert [each.name for each in no] == ["AI_PIPELINE", *handlers]
    assert "THEIRS" in no[0].detail
    assert "'ai.pipeline.*.request'" in no[0].detail
    assert len(done) == COUNT - 1 - len(handlers)
    await change(bare_js, "THEIRS", subjects=["mine"])
    assert {each.kind for each in await apply(bare_js, 1)} == {"create"}
    assert await plan(bare_js, 1) == []


async def test_subjects_taken_from_a_stream_of_ours(js: JetStreamContext) -> None:
    """A stream that cannot get a subject back keeps the others, and is mended otherwise."""
    await change(js, "AI_VOICE_STREAM", subjects=["ai.voice.*"], max_age=600)
    await js.add_stream(name="THEIRS", subjects=["ai.voice.user.>"])
    no, done = await refused(js)
    assert [each.name for each in no] == ["AI_VOICE_STREAM"]
    assert "THEIRS" in no[0].detail
    assert [each.detail for each in done] == ["max_age 10 min -> 1 h"]


async def test_an_age_that_would_delete_messages(js: JetStreamContext) -> None:
    """It is not lowered while there is something older; what is younger does not matter."""
    spec = replace(stream_named("AI_PIPELINE"), max_age=0.5, duplicates=0.5)
    await js.publish("ai.pipeline.x.request", b"job")
    await asyncio.sleep(0.6)
    done = await apply(js, 1, streams=[spec], consumers=())
    assert [each.kind for each in done] == ["update", "refused"]
    assert "would delete older messages" in done[1].detail
    assert (await contents(js))["AI_PIPELINE"] == (1, 1)
    await js.purge_stream("AI_PIPELINE")
    assert [each.kind for each in await apply(js, 1, streams=[spec], consumers=())] == ["update"]


async def test_consumers_that_cannot_be_mended(js: JetStreamContext) -> None:
    """One that pushes, or that does not acknowledge, has somebody who relies on it."""
    await js.delete_consumer("AI_PIPELINE", "pipeline-handler")
    pushing = ConsumerConfig(name="pipeline-handler", durable_name="pipeline-handler")
    await js.add_consumer("AI_PIPELINE", pushing, deliver_subject="somewhere")
    await js.delete_consumer("AI_VOICE_STREAM", "voice-handler")
    careless = ConsumerConfig(name="voice-handler", durable_name="voice-handler")
    await js.add_consumer("AI_VOICE_STREAM", careless, ack_policy="none")
    no, done = await refused(js)
    assert {each.name for each in no} == {
        "AI_PIPELINE/pipeline-handler",
        "AI_VOICE_STREAM/voice-handler",
    }
    assert done == []


async def test_three_replicas_on_one_server(bare_js: JetStreamContext) -> None:
    """JetStream's own refusals are told, one by one where only a part is refused."""
    no = [each for each in await apply(bare_js, 3) if each.kind == "refused"]
    assert len(no) == COUNT
    assert "replicas > 1 not supported in non-clustered mode" in no[0].detail
    await apply(bare_js, 1)
    await change(bare_js, "AI_DLQ", max_age=600)
    done = await apply(bare_js, 3)
    assert Change("update", "AI_DLQ", "max_age 10 min -> 7 d") in done
    assert len([each for each in done if each.kind == "refused"]) == len(STREAMS) + 1
    assert (await bare_js.stream_info("AI_DLQ")).config.max_age == 7 * 86_400


async def test_a_server_that_is_gone(own_server: OwnServer) -> None:
    """The failure is one of the tree, and tells what to look at."""
    client = await connect(own_server.url, name="test")
    js = client.jetstream(timeout=0.5)
    own_server.kill()
    with pytest.raises(Unavailable) as caught:
        await plan(js, 1)
    assert "NATS server" in caught.value.message or isinstance(caught.value, ServerUnreachable)
    await client.close()
