"""Chats over NATS, sent and read by plain nats-py and MessagePack."""

import pytest

from tests.nats.bridge_kit import Models, Names, bridge, chat, new_id, until
from tests.nats.reader_kit import reading, seqs, stored
from tritone import messages
from tritone.settings import BridgeSettings

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"


async def test_a_chat_is_answered_in_chunks_and_as_a_whole(nc, js):
    """A message with only the fields that must be there gets chunks, `done`, and the answer."""
    request_id, models = new_id(), Models()
    async with bridge(nc, models), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        chunks = await reader.ended()
        whole = await reader.whole()
    assert reader.text == "Rayleigh scatters blue."
    assert reader.types == ["chunk", "done"]
    assert seqs(chunks) == list(range(len(chunks)))
    assert {key: type(value) for key, value in chunks[0].items()} == {
        "request_id": str,
        "type": str,
        "content": str,
        "done": bool,
        "timestamp": float,
        "seq": int,
    }
    assert (chunks[-1]["content"], chunks[-1]["done"]) == ("", True)
    assert (whole["type"], whole["content"], whole["done"]) == (
        "done",
        "Rayleigh scatters blue.",
        True,
    )
    asked = messages.decode_chat(models.asked[0][1].messages)
    assert [(one.role, one.content) for one in asked] == [("user", "Why is the sky blue?")]


async def test_without_streaming_there_is_only_the_whole(nc, js):
    """`enable_streaming: false` sends the answer once and no chunk."""
    request_id = new_id()
    async with bridge(nc, Models()), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id, enable_streaming=False))
        whole = await reader.whole()
    assert whole["content"] == "Rayleigh scatters blue."
    assert not await stored(js, "AI_CHAT_STREAM", f"ai.chat.response.stream.{request_id}")


async def test_a_greeting_is_answered_as_a_chat(nc, js):
    """`ai.chat.user.<id>.greeting.<kind>` gets the same kind of answer."""
    request_id = new_id()
    async with bridge(nc, Models("Good ", "morning.")), reading(nc, request_id) as reader:
        await js.publish("ai.chat.user.u1.greeting.morning", chat(request_id))
        assert (await reader.whole())["content"] == "Good morning."


async def test_optional_fields_may_be_nil_and_unknown_ones_are_ignored(nc, js):
    """Nil in every optional field, and a field of a newer writer, change nothing."""
    request_id = new_id()
    optional = (
        "username premium enable_streaming enable_rag enable_reranker top_k session_id timestamp "
        "payload metadata"
    )
    more = {**dict.fromkeys(optional.split()), "from_the_future": {"a": [1]}}
    async with bridge(nc, Models()), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id, **more))
        await reader.ended()
    assert reader.text == "Rayleigh scatters blue."


async def test_the_users_name_and_the_premium_model_reach_the_model(nc, js):
    """`username` becomes a system message; `premium` takes the model for premium users."""
    request_id, models, names = new_id(), Models(), Names()
    settings = BridgeSettings(model="chat", premium_model="chat@2")
    async with (
        bridge(nc, models, names=names, settings=settings),
        reading(nc, request_id) as reader,
    ):
        await js.publish(MESSAGE, chat(request_id, username="Ada", premium=True))
        await reader.whole()
    system, user = messages.decode_chat(models.asked[0][1].messages)
    assert (system.role, user.role) == ("system", "user")
    assert "Ada" in str(system.content)
    assert names.resolved == ["chat@2"]


async def test_text_that_comes_faster_than_it_is_stored_is_collected(nc, js):
    """Many pieces become fewer chunks, and every character arrives once and in order."""
    request_id = new_id()
    words = [f"{number} é " for number in range(2000)]
    async with bridge(nc, Models(*words)), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        chunks = await reader.ended()
        whole = await reader.whole()
    assert reader.text == "".join(words) == whole["content"]
    assert len(chunks) < len(words)
    assert seqs(chunks) == list(range(len(chunks)))


async def test_who_comes_late_finds_the_chunks_in_order(nc, js):
    """The stream has every chunk of the answer, as it was sent."""
    request_id = new_id()
    async with bridge(nc, Models()), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        chunks = await reader.ended()
    subject = f"ai.chat.response.stream.{request_id}"
    assert await stored(js, "AI_CHAT_STREAM", subject) == chunks


async def test_an_answered_message_is_acknowledged(nc, js):
    """Nothing of it stays with the consumer, and the bucket knows it."""
    request_id = new_id()
    async with bridge(nc, Models()) as opened, reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.ended()
        handled = opened.metrics.handled.labels("chat")._value
        await until(lambda: handled.get() == 1)
        await nc.flush()
        info = await js.consumer_info("COMPANIONS_CHAT", "chat-handler")
    assert (info.num_pending, info.num_ack_pending) == (0, 0)
    bucket = await js.key_value("tritone-answered")
    assert (await bucket.get(request_id)).value
