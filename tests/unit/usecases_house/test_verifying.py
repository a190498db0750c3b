"""Success is said only when it was seen: what is read back decides."""

import asyncio

import pytest

from tests.unit.usecases_house.house_kit import until
from tritone.errors import BodyInvalid
from tritone.usecases.house.answer import Asker

pytestmark = pytest.mark.unit


async def test_a_state_that_comes_late_is_waited_for(ask, house):
    """One look at once would see the old state."""
    house.lag = 0.12
    answer = await ask("turn on the garage light")
    assert answer.reply == "Garage Light is on."
    assert answer.action_taken


async def test_what_is_not_seen_is_not_called_done(ask, house, kept):
    """The order was accepted, and the lamp stayed dark."""
    house.deaf.add("light.garage")
    answer = await ask("turn on the garage light")
    assert answer.reply == "That didn't work: Garage Light is off."
    assert not answer.action_taken
    [done] = answer.actions
    assert (done.verified, done.state) == (False, "off")
    [record] = kept
    assert not record.verified
    assert record.after["state"] == "off"


async def test_it_is_looked_at_less_and_less_often(ask, house):
    """Before the order, at once, and 50, 150 and 200 ms later: no more in a fifth of a second."""
    house.deaf.add("light.garage")
    await ask("turn on the garage light")
    assert house.looks.count("light.garage") <= 5


async def test_the_wrong_brightness_is_not_success(ask, house):
    """The reply says what is there, not what was asked for."""
    house.set("light.hallway", "on", brightness=26)
    house.deaf.add("light.hallway")
    answer = await ask("set the hallway light to 80 percent")
    assert answer.reply == "That didn't work: Hallway Light is on at 10 percent."
    assert not answer.action_taken


async def test_what_already_is_so_is_seen_to_be_so(ask, house):
    """Turning on what is on is no failure."""
    answer = await ask("turn on the hallway light")
    assert answer.reply == "Hallway Light is on at 50 percent."
    assert answer.action_taken
    assert len(house.ordered) == 1


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("open the garage door", "Garage Door is open."),
        ("close the living room blinds", "Living Room Blinds are closed."),
        ("set the living room blinds to 40 percent", "Living Room Blinds are open at 40 percent."),
        ("turn on the coffee machine", "Coffee Machine is on."),
        ("turn on the bedroom fan", "Bedroom Fan is on."),
        ("turn off the patio lights", "Patio Lights are off."),
    ],
)
async def test_each_kind_of_thing_is_read_back(ask, text, reply):
    """In its own words."""
    answer = await ask(text)
    assert answer.reply == reply
    assert answer.action_taken


async def test_a_temperature_and_a_scene_are_read_back(ask):
    """A thermostat shows what it is set to; a scene, that it was called."""
    answer = await ask("set the bedroom thermostat to 17 degrees")
    assert answer.action_taken
    assert "17" in answer.reply
    answer = await ask("activate movie night")
    assert answer.action_taken
    assert answer.reply.startswith("Movie Night is ")


async def test_what_home_assistant_cannot_reach_is_not_ordered(ask, house, kept):
    """Home Assistant would take the order and do nothing."""
    house.set("light.garage", "unavailable")
    answer = await ask("turn on the garage light")
    assert answer.reply == "Garage Light is unavailable right now."
    assert not answer.action_taken
    assert answer.actions[0].state == "unavailable"
    assert not house.ordered
    assert not kept


async def test_what_is_no_longer_there_is_said_so(ask, asking, house):
    """It went away between the sentence and the look."""
    reading = await asking.read("turn on the garage light")
    del house.things["light.garage"]
    answer = await asking.answer(reading, Asker("test"), request_id="r1")
    assert answer.reply == "Garage Light is not there any more."
    assert not answer.action_taken


async def test_what_home_assistant_refuses_is_said_so(ask, house, kept):
    """Its own words are for the log: they may say anything."""
    house.refuses["light.garage"] = BodyInvalid("extra keys not allowed @ data['x']")
    answer = await ask("turn on the garage light")
    assert answer.reply == "Home Assistant refused that for Garage Light."
    assert not answer.action_taken
    [record] = kept
    assert record.error == "BODY_INVALID: extra keys not allowed @ data['x']"


async def test_what_cannot_be_is_not_ordered(ask, house):
    """The reply says what can be."""
    answer = await ask("set the living room thermostat to 90 degrees")
    assert not answer.action_taken
    assert not house.ordered
    assert "30" in answer.reply


async def test_two_queries_about_one_thing_take_turns(ask, house):
    """Each is answered from what it asked for itself, not from what the other did in between."""
    house.lag = 0.03
    texts = ["turn on the garage light", "turn off the garage light"] * 4
    answers = await asyncio.gather(*map(ask, texts))
    assert [each.reply for each in answers] == ["Garage Light is on.", "Garage Light is off."] * 4
    assert all(each.action_taken for each in answers)


async def test_queries_about_different_things_do_not_wait(ask, house):
    """A lamp that hangs holds up nobody who asks for another."""
    house.gate = asyncio.Event()
    stuck = asyncio.create_task(ask("turn on the garage light"))
    await until(lambda: house.ordered)
    house.gate = None
    assert (await ask("turn off the sofa lamp")).reply == "Sofa Lamp is off."
    assert not stuck.done()
    stuck.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stuck
