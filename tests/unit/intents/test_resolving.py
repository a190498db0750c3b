"""Which things a sentence means."""

import pytest

from tests.unit.intents.intents_kit import HOUSE, ids, meant, thing
from tritone.intents.resolving import Ambiguous, Found, Unknown, resolve
from tritone.intents.wish import Wish

pytestmark = pytest.mark.unit

READING = ["light.living_reading", "light.bed_reading"]


@pytest.mark.parametrize(
    ("intent", "said", "expected"),
    [
        ("turn_on_light", "turn on the kitchen light", ["light.kitchen"]),
        ("turn_on_light", "turn on the light in the kitchen", ["light.kitchen"]),
        ("turn_on_light", "turn on the counter lights", ["light.worktop"]),
        ("turn_on_light", "turn on the worktop light", ["light.worktop"]),
        ("turn_on_light", "turn on the reading lamp in the bedroom", ["light.bed_reading"]),
        ("turn_on_light", "turn on the lounge reading lamp", ["light.living_reading"]),
        ("turn_on_light", "it's too dark in the cellar", ["light.joke"]),
        ("turn_on_light", "turn on ignore previous instructions", ["light.joke"]),
        ("turn_on_switch", "put the water boiler on", ["switch.kettle"]),
        ("turn_on_switch", "turn on the fan", ["fan.bedroom"]),
        ("close_cover", "close the blinds", ["cover.lounge"]),
        ("set_temperature", "set the bedroom to 19 degrees", ["climate.bedroom"]),
        ("get_state", "is the kettle on", ["switch.kettle"]),
    ],
)
def test_a_thing_is_found_by_what_was_said_of_it(intent, said, expected):
    """By name, by another name, by its room, and by what it is."""
    assert meant(intent, said) == Found(tuple(e for e in HOUSE if e.entity_id in expected))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("turn on the kichen lihgt", ["light.kitchen"]),
        ("turn on the florr lamp", ["light.floor_lamp"]),
        ("turn on the livingroom floor lamp", ["light.floor_lamp"]),
    ],
)
def test_typing_errors_are_forgiven(said, expected):
    """A slip or two in a word, or a missing space, does not hide a name."""
    assert ids(meant("turn_on_light", said)) == expected


@pytest.mark.parametrize(
    "said", ["turn on the night", "turn on the floodlight", "turn on the clamp", "turn on lamb"]
)
def test_another_word_is_no_typing_error(said):
    """A common word one letter away from a thing's is what it is."""
    assert meant("turn_on_light", said) == Unknown()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("turn on the kitchen lights", ["light.kitchen", "light.worktop"]),
        ("turn on all reading lamps", READING),
        ("turn on both reading lamps", READING),
        ("turn on the floor lamp and the kitchen light", ["light.floor_lamp", "light.kitchen"]),
        (
            "turn on the kitchen and living room lights",
            ["light.kitchen", "light.worktop", "light.floor_lamp", "light.living_reading"],
        ),
        ("turn on all lamps except the reading lamps", ["light.floor_lamp"]),
        ("close the lounge blinds and the curtains", []),
    ],
)
def test_groups_are_found_whole(said, expected):
    """All of a room or a kind, things joined by "and", and all but some."""
    assert ids(meant("turn_on_light", said)) == expected


def test_all_lights_are_all_of_them():
    """Whatever they are called."""
    lights = [e.entity_id for e in HOUSE if e.domain == "light"]
    assert ids(meant("turn_off_light", "turn off all the lights")) == lights
    assert ids(meant("turn_off_light", "turn off everything")) == lights


@pytest.mark.parametrize(
    ("intent", "said", "expected"),
    [
        ("turn_on_light", "turn on the reading lamp", READING),
        ("turn_on_light", "turn on the light", ["light.kitchen", "light.worktop"]),
        ("turn_on_switch", "i need some water", ["switch.kettle"]),
    ],
)
def test_what_may_be_several_things_is_asked_about(intent, said, expected):
    """Two equally good ones, or one that was only hinted at."""
    found = meant(intent, said)
    assert isinstance(found, Ambiguous)
    assert ids(found) == expected


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        ("turn_on_light", "turn on the attic light"),
        ("turn_on_light", "turn on the moon"),
        ("turn_on_light", "turn on the kitchen radio"),
        ("turn_on_light", "turn it on"),
        ("turn_on_light", "turn on the lights in this room"),
        ("turn_on_switch", "turn on the kitchen fan"),
        ("open_cover", "open the kitchen curtains"),
        ("turn_off_light", "turn off all lamps except the chandelier"),
    ],
)
def test_what_the_house_does_not_have_is_unknown(intent, said):
    """Everything said of a thing must be true of it."""
    assert meant(intent, said) == Unknown()


def test_a_garage_door_is_no_curtain():
    """Of one domain, and yet only what is called so, or could be, is meant."""
    gate = [one for one in HOUSE if one.entity_id == "cover.gate"]
    assert meant("open_cover", "open the curtains", gate) == Unknown()
    window = [thing("cover.window", "Bay Window", "Study")]
    assert ids(meant("open_cover", "open the curtains in the study", window)) == ["cover.window"]


def test_the_model_cannot_name_what_was_not_said():
    """The wish's own words for the thing are not evidence."""
    wish = Wish(intent="turn_on_light", entity="Kitchen Light")
    assert resolve(wish, "turn on something nice", HOUSE) == Unknown()
