"""What becomes of messages that cannot be answered, now or ever."""

import time

import msgpack
import pytest

from bridge.jetstream.backoff import Backoff
from tests.nats.bridge_kit import Models, bridge, chat, new_id, until
from tests.nats.reader_kit import reading, seqs
from tritone.errors import PromptTooLong, ServerUnreachable, Unavailable
from tritone.nats.letters import get_letter, list_letters

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"
NOT_MSGPACK = b"\xc1\xff{"


async def letters(js, count=1):
    """The dead letters, once there are so many."""
    found = []

    async def enough():
        found[:] = await list_letters(js)
        return len(found) >= count

    for _ in range(500):
        if await enough():
            return found
    raise AssertionError(f"there are {len(found)} letters, not {count}")


def count(opened, name, *labels):
    """The value of a counter."""
    return getattr(opened.metrics, name).labels(*labels)._value.get()


async def test_a_temporary_failure_is_tried_again(nc, js):
    """Two failures and a success are one answer, behind a restart, and no dead letter."""
    request_id, models = new_id(), Models()
    models.failures = [Unavailable("gone"), Unavailable("gone")]
    models.breaks_after = 1
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        chunks = await reader.ended()
        await until(lambda: count(opened, "handled", "chat") == 1)
    assert models.count("chat") == 3
    assert reader.types == ["chunk", "restart", "chunk", "restart", "chunk", "done"]
    assert seqs(chunks) == list(range(len(chunks)))
    assert reader.text == "Rayleigh scatters blue."
    assert [whole["type"] for whole in reader.wholes] == ["done"]
    assert count(opened, "failed", "chat", "UNAVAILABLE") == 2
    assert count(opened, "redelivered", "chat") == 2
    assert not await list_letters(js)


async def test_the_pause_before_another_try_grows(nc, js):
    """The second pause is longer than the first."""
    request_id, models, times = new_id(), Models(), []
    models.failures = [Unavailable("gone"), Unavailable("gone")]
    asked = models.asked

    class Timed(list):
        def append(self, item):
            times.append(time.monotonic())
            super().append(item)

    models.asked = Timed(asked)
    backoff = Backoff(first=0.4, factor=3, spread=0.2)
    async with bridge(nc, models, backoff=backoff), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.whole()
    first, second = times[1] - times[0], times[2] - times[1]
    assert first >= 0.3
    assert second > first


async def test_the_third_failure_is_the_last(nc, js):
    """The message becomes a dead letter with all that is known of it, and its sender is told."""
    request_id, models = new_id(), Models()
    models.failures = [ServerUnreachable("nobody there")] * 3
    data = chat(request_id)
    async with bridge(nc, models) as opened, reading(nc, request_id) as reader:
        sent = await js.publish(MESSAGE, data, headers={"X-Origin": "go"})
        (chunk,) = await reader.ended()
        whole = await reader.whole()
        (letter,) = await letters(js)
        await until(lambda: count(opened, "dead_letters", "chat", "SERVER_UNREACHABLE") == 1)
        await nc.flush()
        info = await js.consumer_info("COMPANIONS_CHAT", "chat-handler")
    assert models.count("chat") == 3
    assert (chunk["type"], chunk["code"], chunk["done"]) == ("error", "SERVER_UNREACHABLE", True)
    assert (whole["type"], whole["code"], whole["content"]) == (
        "error",
        "SERVER_UNREACHABLE",
        "nobody there",
    )
    assert (letter.area, letter.subject, letter.stream) == ("chat", MESSAGE, "COMPANIONS_CHAT")
    assert (letter.stream_seq, letter.attempts, letter.code) == (sent.seq, 3, "SERVER_UNREACHABLE")
    assert letter.first_error < letter.last_error
    kept = await get_letter(js, letter.seq)
    assert kept.data == data
    assert kept.headers["X-Origin"] == "go"
    assert (info.num_ack_pending, info.num_redelivered) == (0, 0)


async def test_a_permanent_failure_is_not_tried_again(nc, js):
    """What the model refuses is a dead letter after one try."""
    request_id, models = new_id(), Models()
    models.failures = [PromptTooLong("too long")]
    async with bridge(nc, models), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.ended()
        (letter,) = await letters(js)
    assert models.count("chat") == 1
    assert (letter.code, letter.attempts) == ("PROMPT_TOO_LONG", 1)


async def test_our_own_defect_is_not_explained(nc, js):
    """An error that is none of ours is told as INTERNAL, without its text."""
    request_id, models = new_id(), Models()
    models.failures = [RuntimeError("secret")] * 3
    async with bridge(nc, models), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        whole = await reader.whole()
    assert whole["code"] == "INTERNAL"
    assert "secret" not in whole["content"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda _: NOT_MSGPACK, "BODY_INVALID"),
        (lambda _: b"", "BODY_INVALID"),
        (lambda _: msgpack.packb([1, 2]), "BODY_INVALID"),
        (lambda _: chat("no.such id"), "INVALID_INPUT"),
        (lambda request_id: chat(request_id, message=7), "BODY_INVALID"),
        (lambda request_id: chat(request_id, premium="yes"), "BODY_INVALID"),
        (lambda request_id: chat(request_id, user_id="u2"), "INVALID_INPUT"),
        (lambda request_id: chat(request_id, message=" "), "TEXT_EMPTY"),
    ],
)
async def test_a_message_that_breaks_the_protocol_is_a_dead_letter(nc, js, data, code):
    """It is given up at once with the reason, unchanged; no model is asked."""
    request_id, models = new_id(), Models()
    async with bridge(nc, models):
        await js.publish(MESSAGE, data(request_id))
        (letter,) = await letters(js)
    assert (letter.code, letter.attempts, letter.subject) == (code, 1, MESSAGE)
    assert (await get_letter(js, letter.seq)).data == data(request_id)
    assert not models.asked


async def test_a_sender_that_can_be_known_is_told_why(nc, js):
    """A message with an id and a wrong field gets an error chunk and an error answer."""
    request_id = new_id()
    async with bridge(nc, Models()), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id, top_k="many"))
        await reader.ended()
        whole = await reader.whole()
    assert (whole["type"], whole["code"]) == ("error", "BODY_INVALID")
    assert "top_k" in whole["content"]


async def test_poison_does_not_hold_up_others(nc, js):
    """With a bad message before each good one, every good one is answered."""
    ids = [new_id() for _ in range(12)]
    models = Models()
    async with bridge(nc, models) as opened:
        for request_id in ids:
            await js.publish(MESSAGE, NOT_MSGPACK)
            await js.publish(MESSAGE, chat(request_id))
        await until(lambda: count(opened, "handled", "chat") == len(ids))
        found = await letters(js, len(ids))
    assert {letter.code for letter in found} == {"BODY_INVALID"}
    for request_id in ids:
        stored = await js.get_last_msg("AI_CHAT_RESPONSE", f"ai.chat.response.{request_id}")
        assert msgpack.unpackb(stored.data)["type"] == "done"


async def test_a_bad_message_does_not_disturb_whose_id_it_has(nc, js):
    """The request that is being answered under the same id keeps its chunks and its answer."""
    request_id, models = new_id(), Models()
    models.gate.clear()
    async with bridge(nc, models), reading(nc, request_id) as reader:
        await js.publish(MESSAGE, chat(request_id))
        await reader.until(lambda: reader.chunks)
        await js.publish(MESSAGE, chat(request_id, message=7))
        await letters(js)
        models.gate.set()
        await reader.until(lambda: reader.chunks[-1]["type"] == "done")
    assert reader.text == "Rayleigh scatters blue."
    assert reader.types == ["chunk", "done"]
    assert reader.wholes[-1]["type"] == "done"
