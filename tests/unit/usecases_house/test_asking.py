"""From a sentence to an answer: the quick way, the model's way, and what only is talk."""

import msgspec
import pytest
import structlog

from tests.unit.usecases_house.house_kit import intent
from tritone.errors import (
    EngineDied,
    IntentUnparsable,
    Overloaded,
    ServerUnreachable,
    TextEmpty,
    TextTooLong,
)
from tritone.usecases.house.answer import Asker, Done, Path
from tritone.usecases.house.replies import NOT_UNDERSTOOD, NOTHING_CHANGED, NOTHING_TO_SAY

pytestmark = pytest.mark.unit

PRETEND = "it is pitch dark in the garage"


async def test_an_obvious_command_needs_no_model(ask, house, thinker):
    """It is done, read back, and answered from what was read."""
    answer = await ask("Turn on the living room light at fifty percent")
    assert answer.reply == "Living Room Light is on at 50 percent."
    assert answer.intent == "turn_on_light"
    assert answer.action_taken
    assert answer.path is Path.TEMPLATE
    assert answer.request_id == "r1"
    [done] = answer.actions
    assert done == Done(
        intent="turn_on_light",
        entity_id="light.living_room",
        params={"brightness": "50"},
        verified=True,
        state="on",
    )
    assert house.things["light.living_room"].attributes["brightness"] == 128
    assert not thinker.asked


async def test_the_model_understands_what_no_template_fits(ask, house, thinker):
    """It is told the names in the house, and its own reply is not what is said."""
    thinker.answers[PRETEND] = intent("turn_on_light", "garage light", "Let there be light!")
    answer = await ask(PRETEND)
    assert answer.reply == "Garage Light is on."
    assert answer.action_taken
    assert answer.path is Path.MODEL
    assert house.things["light.garage"].state == "on"
    [asked] = thinker.asked
    assert asked.text == PRETEND
    assert {"Garage Light", "fairy lights"} <= set(asked.entities)
    assert len(set(asked.entities)) == len(asked.entities)
    assert thinker.ids == ["r1"]
    assert thinker.open == 0


async def test_talk_is_answered_with_the_models_words(ask, house, thinker):
    """Nothing is done, and nothing is in the audit."""
    thinker.answers["how are you today?"] = intent(reply=" I am well, thank you. ")
    answer = await ask("how are you today?")
    assert answer.reply == "I am well, thank you."
    assert (answer.intent, answer.action_taken, answer.actions) == ("none", False, ())
    thinker.otherwise = intent(reply="  ")
    assert (await ask("hm")).reply == NOTHING_TO_SAY
    assert not house.ordered


@pytest.mark.parametrize("text", ["", " \n\t"])
async def test_an_empty_text_is_refused(ask, text):
    """Before anything is asked for it."""
    with pytest.raises(TextEmpty) as refused:
        await ask(text)
    assert refused.value.param == "text"


async def test_a_text_that_is_too_long_is_refused(ask):
    """2,000 characters are read, one more is not."""
    assert (await ask("a " * 1_000)).intent == "none"
    with pytest.raises(TextTooLong):
        await ask("a " * 1_000 + "b")


@pytest.mark.parametrize("error", [EngineDied("x"), ServerUnreachable("x"), Overloaded("x")])
async def test_a_model_that_fails_is_the_callers_to_see(ask, thinker, house, error):
    """The door says so; nothing is done."""
    thinker.otherwise = error
    with pytest.raises(type(error)):
        await ask(PRETEND)
    assert not house.ordered


@pytest.mark.parametrize(
    "answer",
    [IntentUnparsable('{"intent": "tur'), "{}", "no JSON", intent("launch_rocket", "moon")],
)
async def test_what_is_no_intent_is_said_so_and_logged(ask, thinker, house, answer):
    """No error, no action: the raw text is in the log for whoever tunes the model."""
    thinker.otherwise = answer
    with structlog.testing.capture_logs() as logs:
        found = await ask(PRETEND)
    assert found.reply == NOT_UNDERSTOOD
    assert (found.intent, found.action_taken, found.actions) == ("none", False, ())
    [told] = [each for each in logs if "raw" in each]
    assert told["log_level"] == "warning"
    assert told["raw"] == (answer.message if isinstance(answer, Exception) else answer)
    assert not house.ordered


async def test_the_models_word_alone_does_nothing(ask, thinker, house):
    """What was said must ask for it; the model's reply would be a lie, and is not said."""
    for text in ("don't turn on the garage light", "tell me a joke", "asdf qwer zxcv"):
        thinker.answers[text] = intent("turn_on_light", "Garage Light", "I turned it on!")
        answer = await ask(text)
        assert answer.reply == NOTHING_CHANGED
        assert (answer.intent, answer.action_taken, answer.actions) == ("none", False, ())
    assert not house.ordered


async def test_two_of_one_name_are_asked_about(ask, house, thinker):
    """They are told apart by their rooms; nothing is done."""
    thinker.otherwise = intent("turn_on_light", "reading lamp", "Turning it on!")
    answer = await ask("turn on the reading lamp")
    assert answer.reply == "Which one: Reading Lamp (Living Room) or Reading Lamp (Bedroom)?"
    assert answer.intent == "turn_on_light"
    assert not answer.action_taken
    assert answer.actions == (Done(intent="turn_on_light"),)
    assert not house.ordered


async def test_what_is_not_there_is_said_so(ask, thinker, house):
    """In the words that were used."""
    text = "please turn on the submarine light"
    thinker.answers[text] = intent("turn_on_light", "submarine light", "Done!")
    answer = await ask(text)
    assert answer.reply == "I can't find “submarine light” in this house."
    assert not answer.action_taken
    assert not house.ordered


async def test_a_door_can_tell_what_needs_the_model(asking, thinker):
    """Reading asks no model, so that only what needs it has to wait for a place."""
    quick = await asking.read("turn off the sofa lamp")
    slow = await asking.read(PRETEND)
    assert (quick.path, slow.path) == (Path.TEMPLATE, Path.MODEL)
    assert not thinker.asked
    answer = await asking.answer(quick, Asker("test"), request_id="r2")
    assert answer.reply == "Sofa Lamp is off."
    assert (await asking.answer(slow, Asker("test"), request_id="r3")).intent == "none"


async def test_templates_follow_the_house(ask, house, thinker):
    """A new name works at once; a changed state builds nothing anew."""
    assert (await ask("turn on the garage light")).path is Path.TEMPLATE
    thing = house.things["light.garage"]
    house.things["light.garage"] = msgspec.structs.replace(thing, name="Workshop Lamp")
    answer = await ask("turn on the workshop lamp")
    assert answer.reply == "Workshop Lamp is on."
    assert answer.path is Path.TEMPLATE
