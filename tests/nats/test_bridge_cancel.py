"""``ai.cancel.<request_id>``: work that nobody wants any more."""

import pytest

from tests.nats.bridge_kit import Models, bridge, chat, job, new_id, until
from tests.nats.reader_kit import reading
from tests.nats.test_bridge_failures import count
from tritone.nats.letters import list_letters

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"


async def done_with(js, opened):
    """Waits until nothing is left of the message, and nobody has buried it."""
    await until(lambda: sum(pull.held for pull in opened._pulls) == 0)
    info = await js.consumer_info("COMPANIONS_CHAT", "chat-handler")
    assert (info.num_pending, info.num_ack_pending) == (0, 0)
    assert not await list_letters(js)


async def test_a_cancel_stops_the_model(nc, js):
    """In mid-answer the model's stream is closed, and the reader is told CANCELLED."""
    request_id, models = new_id(), Models()
    models.gate.clear()
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        await nc.publish(f"ai.cancel.{request_id}")
        await reader.ended()
        whole = await reader.whole()
        await done_with(js, opened)
    assert (models.stopped, models.running.total()) == (1, 0)
    assert reader.types == ["chunk", "error"]
    assert (whole["type"], whole["code"]) == ("error", "CANCELLED")
    assert count(opened, "failed", "chat", "CANCELLED") == 1


async def test_a_cancel_that_comes_first_stops_the_request(nc, js):
    """It is remembered; no model is asked."""
    request_id, models = new_id(), Models()
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        await nc.publish(f"ai.cancel.{request_id}")
        await js.publish(MESSAGE, chat(request_id))
        whole = await reader.whole()
        await done_with(js, opened)
    assert whole["code"] == "CANCELLED"
    assert not models.asked


async def test_a_cancel_that_comes_late_changes_nothing(nc, js):
    """An answered request stays answered."""
    request_id, models = new_id(), Models()
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.ended()
        await until(lambda: count(opened, "handled", "chat") == 1)
        await nc.publish(f"ai.cancel.{request_id}")
        await js.publish(MESSAGE, chat(request_id))
        await until(lambda: count(opened, "handled", "chat") == 2)
    assert [whole["type"] for whole in reader.wholes] == ["done"]


async def test_a_cancelled_request_is_not_answered_when_it_comes_again(nc, js):
    """Its message once more is acknowledged without an answer, also by a bridge that is new."""
    request_id, models = new_id(), Models()
    models.gate.clear()
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        await nc.publish(f"ai.cancel.{request_id}")
        await reader.ended()
        await done_with(js, opened)
    async with bridge(nc, models) as opened:
        await js.publish(MESSAGE, chat(request_id))
        await until(lambda: count(opened, "handled", "chat") == 1)
    assert models.count("chat") == 1


async def test_what_waits_for_a_place_can_be_cancelled(nc, js):
    """A job that was not begun ends at once; the one before it is not touched."""
    first, second, models = new_id(), new_id(), Models()
    models.gate.clear()
    async with (
        bridge(nc, models) as opened,
        reading(nc, second, "ai.pipeline.embedding.response") as reader,
    ):
        opened._capacity._places["embedding"]._size = lambda: 1
        for request_id in (first, second):
            await js.publish("ai.pipeline.embedding.request", job(request_id, {"texts": "a"}))
        await until(lambda: opened._pulls[2].held == 2)
        await nc.publish(f"ai.cancel.{second}")
        answer = await reader.whole()
        models.gate.set()
        await until(lambda: count(opened, "handled", "pipeline") == 1)
    assert answer["error"]["code"] == "CANCELLED"
    assert models.count("embedder") == 1
