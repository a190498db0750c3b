"""How much the bridge takes on, for how long, and when it waits."""

import asyncio

import pytest

from tests.nats.bridge_kit import Models, bridge, chat, job, new_id, specs, until
from tests.nats.reader_kit import reading
from tests.nats.test_bridge_failures import count
from tests.nats.test_bridge_voice import tone, voice, wav
from tritone.errors import ServerUnreachable
from tritone.nats.letters import list_letters
from tritone.settings import BridgeSettings, Lane, Lanes

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"
FEW = BridgeSettings(
    lanes=Lanes(chat=Lane(running=3, waiting=0), embedding=Lane(running=2, waiting=0))
)


async def test_no_more_is_at_work_than_the_lane_says(nc, js):
    """Chats and spoken turns together fill their lane, and never exceed it."""
    models = Models()
    models.pause = 0.02
    async with bridge(nc, models, settings=FEW) as opened:
        for _ in range(12):
            await js.publish(MESSAGE, chat(new_id()))
            await js.publish("ai.voice.user.u1.request", voice(new_id(), wav(tone(0.1))))
        most = 0

        def done():
            nonlocal most
            most = max(most, models.running.total())
            handled = [count(opened, "handled", area) for area in ("chat", "voice")]
            return handled == [12, 12]

        await until(done)
    assert most == 3
    assert models.most["chat"] <= 3


async def test_messages_wait_in_the_stream_for_whoever_is_free(nc, js):
    """A busy bridge takes no chat that another could answer, and only a few jobs ahead."""
    models = Models()
    models.gate.clear()
    async with bridge(nc, models, settings=FEW) as opened:
        for _ in range(20):
            await js.publish(MESSAGE, chat(new_id()))
            await js.publish("ai.pipeline.embedding.request", job(new_id(), {"texts": "a"}))
        await until(lambda: models.running.total() == 5)
        await asyncio.sleep(0.2)
        chats = await js.consumer_info("COMPANIONS_CHAT", "chat-handler")
        jobs = await js.consumer_info("AI_PIPELINE", "pipeline-handler")
        assert (chats.num_ack_pending, chats.num_pending) == (3, 17)
        assert (jobs.num_ack_pending, jobs.num_pending) == (3, 17)
        models.gate.set()
        await until(lambda: count(opened, "handled", "pipeline") == 20)


async def test_long_work_is_not_delivered_again(nc, js):
    """Heartbeats keep a message that takes longer than ack_wait."""
    request_id, models = new_id(), Models()
    models.gate.clear()
    consumers = specs(ack_wait=0.6)
    async with (
        bridge(nc, models, consumers=consumers) as opened,
        reading(nc, request_id) as reader,
    ):
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        await asyncio.sleep(2.0)
        models.gate.set()
        await reader.ended()
        await until(lambda: count(opened, "handled", "chat") == 1)
        assert count(opened, "redelivered", "chat") == 0
    assert models.count("chat") == 1


async def test_without_a_triton_nothing_is_taken(nc, js):
    """Messages stay in the stream until a Triton is there, and are then answered."""
    request_id, models, up = new_id(), Models(), 0

    async def healthy(_):
        return up

    async with (
        bridge(nc, models, healthy=healthy) as opened,
        reading(nc, request_id) as reader,
    ):
        await js.publish(MESSAGE, chat(request_id))
        await asyncio.sleep(0.5)
        info = await js.consumer_info("COMPANIONS_CHAT", "chat-handler")
        reason, up = opened.reason, 1
        await reader.ended()
        assert opened.reason == ""
    assert reason == "no Triton answers"
    assert (info.num_pending, info.num_ack_pending) == (1, 0)
    assert reader.text == "Rayleigh scatters blue."


async def test_an_outage_is_not_the_requests_failure(nc, js):
    """What breaks off with the last Triton waits for it, and is answered in one delivery."""
    request_id, models, up = new_id(), Models(), 1
    models.failures = [ServerUnreachable("gone")]
    models.breaks_after = 1

    async def healthy(_):
        return up

    async with (
        bridge(nc, models, healthy=healthy) as opened,
        reading(nc, request_id) as reader,
    ):
        models.gate.clear()
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        up = 0
        models.gate.set()
        await until(lambda: not models.running.total())
        await asyncio.sleep(0.2)
        assert models.count("chat") == 1
        up = 1
        await reader.ended()
        await until(lambda: count(opened, "handled", "chat") == 1)
        assert count(opened, "redelivered", "chat") == 0
    assert reader.types == ["chunk", "restart", "chunk", "done"]
    assert reader.text == "Rayleigh scatters blue."
    assert not await list_letters(js)
