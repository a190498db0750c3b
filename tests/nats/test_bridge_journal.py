"""Publishes that are stored once, whatever becomes of their acknowledgements."""

import asyncio

import pytest

from bridge.jetstream.journal import Journal
from tests.nats.bridge_kit import new_id
from tritone.errors import PayloadTooLarge, Superseded, Unavailable

pytestmark = pytest.mark.nats
STREAM = "AI_CHAT_RESPONSE"


@pytest.fixture
async def journal(nc, js):
    """The streams."""

    async def restore():
        return None

    opened = Journal(nc, restore, patience=2.0)
    await opened.open()
    return opened


def deaf(journal, replies):
    """Loses the next replies to publishes, after the server has sent them."""
    ask = journal._asking.ask
    sent = []

    async def asking(subject, data=b"", headers=None):
        reply = await ask(subject, data, headers)
        if subject.startswith("ai."):
            sent.append(subject)
            if len(sent) <= replies:
                raise Unavailable("no reply")
        return reply

    journal._asking.ask = asking
    return sent


async def test_a_lost_acknowledgement_stores_nothing_twice(js, journal):
    """The message is found by its id; it is published once, and its place is told."""
    subject = f"ai.chat.response.{new_id()}"
    sent = deaf(journal, 1)
    place = await journal.publish(subject, b"x", message_id="one", stream=STREAM, expected=0)
    assert sent == [subject]
    assert (await js.get_last_msg(STREAM, subject)).seq == place
    assert (await js.stream_info(STREAM)).state.messages == 1


async def test_who_was_overtaken_is_told(journal):
    """A publish behind something that is not the last any more raises Superseded."""
    subject = f"ai.chat.response.{new_id()}"
    first = await journal.publish(subject, b"x", message_id="1", stream=STREAM, expected=0)
    for expected in (0, first + 1):
        with pytest.raises(Superseded):
            await journal.publish(subject, b"y", message_id="2", stream=STREAM, expected=expected)
    await journal.publish(subject, b"y", message_id="2", stream=STREAM, expected=first)


async def test_patience_ends(journal):
    """Where no stream takes a subject, it is Unavailable in the end."""
    with pytest.raises(Unavailable):
        await journal.publish("ai.nobody.has.this", b"x")


async def test_what_no_message_can_hold_is_refused(journal):
    """The server's own limit counts, and headers count to it."""
    with pytest.raises(PayloadTooLarge):
        await journal.publish("ai.chat.response.a", bytes(journal.room + 1))
    await journal.publish("ai.chat.response.a", bytes(journal.room), message_id="a" * 200)


async def test_what_is_not_stored_is_nothing(journal):
    """Looks at subjects and places without a message find None."""
    assert await journal.last(STREAM, "ai.chat.response.nobody") is None
    assert await journal.at(STREAM, 77) is None


async def test_a_cancelled_request_is_cancelled(journal):
    """A task that is stopped while it publishes ends at once, and leaves nothing waiting."""
    task = asyncio.create_task(journal.publish("ai.nobody.has.this", b"x"))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait([task], timeout=1.0)
    assert task.cancelled()
    assert not journal._asking._waiting
