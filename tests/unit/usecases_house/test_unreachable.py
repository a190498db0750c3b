"""A home that does not answer: said in one sentence, logged as an error, never an action taken."""

import pytest
import structlog

from tests.unit.usecases_house.house_kit import intent
from tritone.usecases.house.answer import Path
from tritone.usecases.house.replies import UNREACHABLE

pytestmark = pytest.mark.unit

PRETEND = "it is pitch dark in the garage"


def test_the_sentence_is_the_promised_one():
    """Clients may compare it."""
    assert UNREACHABLE == "I couldn't reach Home Assistant right now."


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("text", ["turn on the garage light", PRETEND, "list all devices"])
async def test_a_home_that_is_down_is_said_so(ask, house, thinker, text, known):
    """Whether it was reached before or never, by either path; and nothing is tried."""
    if known:
        await ask("hello you")
    house.down = True
    name = "list_entities" if text.startswith("list") else "turn_on_light"
    thinker.otherwise = intent(name, "garage light", "Done!")
    with structlog.testing.capture_logs() as logs:
        answer = await ask(text)
    assert answer.reply == UNREACHABLE
    assert answer.intent == name
    assert not answer.action_taken
    assert any(each["log_level"] == "error" for each in logs)
    assert not house.ordered


async def test_talk_needs_no_home(ask, house, thinker):
    """Who only wants to talk is answered while the house is down."""
    house.down = True
    thinker.otherwise = intent(reply="I am well.")
    answer = await ask("how are you?")
    assert (answer.reply, answer.intent) == ("I am well.", "none")


async def test_a_refused_wish_is_refused_while_the_home_is_down(ask, house, thinker):
    """What was not asked for is no reason to speak of Home Assistant."""
    await ask("hello you")
    house.down = True
    thinker.otherwise = intent("turn_on_light", "garage light", "Done!")
    answer = await ask("don't turn on the garage light")
    assert answer.reply != UNREACHABLE
    assert answer.intent == "none"


@pytest.mark.parametrize("text", ["turn on the garage light", "is the garage light on?"])
async def test_a_home_that_goes_down_meanwhile_is_said_so(ask, house, kept, text):
    """The list was there, the thing itself cannot be reached."""
    house.down_for.add("light.garage")
    with structlog.testing.capture_logs() as logs:
        answer = await ask(text)
    assert answer.reply == UNREACHABLE
    assert not answer.action_taken
    assert [each["log_level"] for each in logs if each["event"] == "the house failed"] == ["error"]
    assert not kept


async def test_an_order_that_was_not_answered_is_in_the_audit(ask, house, kept, monkeypatch):
    """It may have been done: the record says that nobody knows."""
    whole = house.perform

    async def lost(order):
        house.down_for.add(order.entity_id)
        await whole(order)

    monkeypatch.setattr(house, "perform", lost)
    answer = await ask("turn on the garage light")
    assert answer.reply == UNREACHABLE
    [done] = answer.actions
    assert not done.verified
    [record] = kept
    assert record.error.startswith("HOUSE_UNREACHABLE: ")
    assert record.after is None


async def test_a_home_that_is_lost_after_the_order_is_said_so(ask, house, kept, monkeypatch):
    """Without a look at it, nothing is called done."""
    whole = house.perform

    async def last(order):
        await whole(order)
        house.down = True

    monkeypatch.setattr(house, "perform", last)
    answer = await ask("turn on the garage light")
    assert answer.reply == UNREACHABLE
    assert not answer.action_taken
    assert kept[0].error.startswith("HOUSE_UNREACHABLE: ")


async def test_a_home_that_is_back_in_time_is_read(ask, house, monkeypatch):
    """One look that fails is not the end."""
    looks = 0
    whole = house.entity

    async def shaky(entity_id):
        nonlocal looks
        looks += 1
        if looks == 2:
            house.down_for.add(entity_id)
        else:
            house.down_for.clear()
        return await whole(entity_id)

    monkeypatch.setattr(house, "entity", shaky)
    answer = await ask("turn on the garage light")
    assert answer.reply == "Garage Light is on."
    assert answer.action_taken


async def test_what_was_known_is_still_understood(ask, house, thinker):
    """A command needs no model to be told that the home is away."""
    await ask("hello you")
    house.down = True
    answer = await ask("turn on the garage light")
    assert answer.path is Path.TEMPLATE
    assert len(thinker.asked) == 1
    house.down = False
    assert (await ask("turn on the garage light")).action_taken
