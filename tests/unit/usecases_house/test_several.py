"""Several wishes in one sentence, and several things in one wish: each is said."""

import pytest

from tests.unit.usecases_house.house_kit import intent
from tritone.usecases.house.fulfilling import MOST_WISHES
from tritone.usecases.house.replies import NOTHING_CHANGED, REST_LEFT, UNREACHABLE

pytestmark = pytest.mark.unit


def wish(name, entity, said="", **params):
    return {"intent": name, "entity": entity, "said": said, "params": params}


async def test_two_commands_are_done_in_order(ask, house):
    """The reply says each."""
    answer = await ask("turn on the garage light and turn off the sofa lamp")
    assert answer.reply == "Garage Light is on. Sofa Lamp is off."
    assert answer.intent == "turn_on_light,turn_off_light"
    assert [order.entity_id for order in house.ordered] == ["light.garage", "light.sofa_lamp"]
    assert [done.verified for done in answer.actions] == [True, True]


async def test_the_models_several_wishes_are_done(ask, house, thinker):
    """The first and those after it; one that comes twice is done once."""
    text = "It is pitch dark in the garage. And would you get the fountain running?"
    fountain = wish("turn_on_switch", "fountain", "would you get the fountain running")
    thinker.answers[text] = intent(
        "turn_on_light",
        "garage light",
        said="it is pitch dark in the garage",
        also=[fountain, fountain],
    )
    answer = await ask(text)
    assert answer.reply == "Garage Light is on. Fountain is on."
    assert len(house.ordered) == 2


async def test_one_that_fails_hides_no_other(ask, house):
    """What worked is said, and what did not."""
    house.deaf.add("light.garage")
    answer = await ask("turn on the garage light and turn off the sofa lamp")
    assert answer.reply == "That didn't work: Garage Light is off. Sofa Lamp is off."
    assert answer.action_taken
    assert [done.verified for done in answer.actions] == [False, True]


async def test_after_the_home_is_lost_nothing_more_is_tried(ask, house):
    """Each further try would only take its time; it is said once."""
    house.down_for.add("light.garage")
    answer = await ask("turn on the garage light and turn off the sofa lamp")
    assert answer.reply == UNREACHABLE
    assert not answer.action_taken
    assert [done.entity_id for done in answer.actions] == ["light.garage", "light.sofa_lamp"]
    assert not house.ordered


async def test_what_was_done_before_the_home_was_lost_is_said(ask, house):
    """A failure does not undo the success before it."""
    house.down_for.add("light.sofa_lamp")
    answer = await ask("turn on the garage light and turn off the sofa lamp")
    assert answer.reply == f"Garage Light is on. {UNREACHABLE}"
    assert answer.action_taken


async def test_a_vetoed_wish_beside_a_good_one_is_left_alone(ask, house, thinker):
    """Nothing is said to be unchanged that was changed."""
    text = "it is pitch dark in the garage, but don't turn on the fountain"
    thinker.answers[text] = intent(
        "turn_on_light",
        "garage light",
        said="it is pitch dark in the garage",
        also=[wish("turn_on_switch", "fountain", "don't turn on the fountain")],
    )
    answer = await ask(text)
    assert answer.reply == f"Garage Light is on. {REST_LEFT}"
    assert answer.intent == "turn_on_light"
    assert [order.entity_id for order in house.ordered] == ["light.garage"]


async def test_what_nobody_said_speaks_for_nothing(ask, house, thinker):
    """The part that a wish is said to come from counts only where it is in the sentence."""
    thinker.answers["tell me a joke"] = intent(
        "turn_on_light", "garage light", said="turn on the garage light"
    )
    answer = await ask("tell me a joke")
    assert answer.reply == NOTHING_CHANGED
    assert not house.ordered


async def test_wishes_of_one_sentence_are_bounded(ask, house, thinker):
    """A model that goes on and on does not turn the house upside down."""
    names = ["Sofa Lamp", "Desk Lamp", "Mirror Light", "Garage Light", "Patio Lights"]
    names += ["Hallway Light", "Bedroom Light", "Kitchen Light", "Counter Lights"]
    parts = [f"turn off the {name}" for name in names]
    first, *others = [wish("turn_off_light", "", part) for part in parts]
    thinker.otherwise = intent(**first, also=others)
    answer = await ask(". ".join(parts))
    assert f"only the first {MOST_WISHES}" in answer.reply
    assert len(house.ordered) == MOST_WISHES
    assert all(done.verified for done in answer.actions)


async def test_a_group_is_one_sentence(ask, house):
    """Things that ended alike are said together."""
    answer = await ask("turn off the lights in the living room")
    assert answer.reply == "Living Room Light, Sofa Lamp and Reading Lamp are off."
    assert len(answer.actions) == 3
    assert all(done.verified for done in answer.actions)
    assert len(house.ordered) == 3


async def test_a_large_group_is_counted(ask, house, kept):
    """Thirteen names would be a long answer; each has its record."""
    answer = await ask("turn off all the lights")
    assert answer.reply == "Kitchen Light, Counter Lights, Living Room Light and 10 more are off."
    assert len(kept) == 13
    assert len({record.entity_id for record in kept}) == 13


async def test_the_one_of_a_group_that_fails_is_named(ask, house):
    """Nobody has to look for it."""
    house.set("light.garage", "unavailable")
    house.deaf.add("light.desk_lamp")
    answer = await ask("turn off all the lights")
    assert "Garage Light is unavailable right now." in answer.reply
    assert "That didn't work: Desk Lamp is on" in answer.reply
    assert "and 8 more are off." in answer.reply
    assert answer.action_taken
