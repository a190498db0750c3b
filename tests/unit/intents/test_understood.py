"""From the ensemble's answer to wishes of this house."""

import pytest

from tests.unit.intents.intents_kit import HOUSE
from tritone.intents.parts import parts
from tritone.intents.resolving import Found, resolve
from tritone.intents.understood import said_names, wishes
from tritone.messages import AlsoIntent, Intent

pytestmark = pytest.mark.unit


def intents(claimed: str, said: str) -> list[tuple[str, str]]:
    """The intents of a sentence, with the part that each is read from."""
    answer = Intent(intent=claimed, entity="", params={}, reply="")
    return [(wish.intent, wish.said) for wish in wishes(answer, said, HOUSE)]


@pytest.mark.parametrize(
    ("claimed", "said", "expected"),
    [
        ("turn_on_light", "turn on the kettle", "turn_on_switch"),
        ("turn_on_switch", "turn on the floor lamp", "turn_on_light"),
        ("turn_on_light", "turn on party night", "activate_scene"),
        ("turn_on_light", "turn on the floor lamp", "turn_on_light"),
        ("turn_on_light", "turn on the chandelier", "turn_on_light"),
        ("turn_on_light", "turn on the reading lamp", "turn_on_light"),
        ("get_state", "is the kettle on", "get_state"),
    ],
)
def test_an_intent_fits_what_the_house_has(claimed, said, expected):
    """The model may take a kettle for a light; the house knows better."""
    assert intents(claimed, said) == [(expected, "")]


def test_things_of_several_kinds_become_several_wishes():
    """One verb, two intents."""
    assert intents("turn_off_light", "turn off the kettle and the floor lamp") == [
        ("turn_off_switch", "turn off the kettle"),
        ("turn_off_light", "turn off the floor lamp"),
    ]


def test_everything_is_all_that_can_be_done_so():
    """Lights, plugs and fans, but no scene, which is nothing to turn off."""
    assert intents("turn_off_light", "turn everything off") == [
        ("turn_off_light", ""),
        ("turn_off_switch", ""),
    ]


def test_further_intents_keep_their_part():
    """In order, each with its own words and details."""
    answer = Intent(
        intent="turn_on_light",
        entity="floor lamp",
        params={"brightness": "20"},
        reply="Yes.",
        said="turn on the floor lamp at 20 percent",
        also=(
            AlsoIntent(intent="close_cover", entity="", params={}, said="close the curtains"),
            AlsoIntent(intent="unheard_of", entity="", params={}),
        ),
    )
    said = "turn on the floor lamp at 20 percent and close the curtains"
    first, second = wishes(answer, said, HOUSE)
    assert (first.intent, first.params) == ("turn_on_light", {"brightness": "20"})
    assert (second.intent, second.said) == ("close_cover", "close the curtains")


def resolved(said, *claimed):
    """The intents of the parts of a sentence, with the things that each means."""
    first, *others = zip(claimed, parts(said), strict=True)
    answer = Intent(
        intent=first[0],
        entity="",
        params={},
        reply="",
        said=" ".join(first[1]),
        also=tuple(
            AlsoIntent(intent=intent, entity="", params={}, said=" ".join(part))
            for intent, part in others
        ),
    )
    found = []
    for wish in wishes(answer, said, HOUSE):
        meant = resolve(wish, said, HOUSE)
        ids = [each.entity_id for each in meant.entities] if isinstance(meant, Found) else []
        found.append((wish.intent, ids))
    return found


@pytest.mark.parametrize(
    ("said", "claimed", "expected"),
    [
        (
            "turn on the floor lamp and set it to 50 percent",
            ("turn_on_light", "turn_on_light"),
            [("turn_on_light", ["light.floor_lamp"])] * 2,
        ),
        (
            "is the kettle on? switch it off",
            ("get_state", "turn_off_light"),
            [("get_state", ["switch.kettle"]), ("turn_off_switch", ["switch.kettle"])],
        ),
        (
            "turn on the reading lamps and make them red",
            ("turn_on_light", "turn_on_light"),
            [("turn_on_light", ["light.living_reading", "light.bed_reading"])] * 2,
        ),
        (
            "turn on the floor lamp and set it to 50 percent in the attic",
            ("turn_on_light", "turn_on_light"),
            [("turn_on_light", ["light.floor_lamp"]), ("turn_on_light", [])],
        ),
        (
            "open the garage door and turn it on",
            ("open_cover", "turn_on_light"),
            [("open_cover", ["cover.gate"]), ("turn_on_light", [])],
        ),
        (
            "turn on the reading lamp and make it red",
            ("turn_on_light", "turn_on_light"),
            [("turn_on_light", []), ("turn_on_light", [])],
        ),
    ],
)
def test_it_is_what_was_named_before(said, claimed, expected):
    """A pronoun stands for the things of the part before, if they can be had so and are known."""
    assert resolved(said, *claimed) == expected


def test_a_house_is_told_by_all_its_names_once():
    """Names first, then other names, then rooms."""
    names = said_names(HOUSE)
    assert len(names) == len(set(names))
    assert names[0] == "Kitchen Light"
    assert {"counter lights", "Living Room", "lounge"} <= set(names)


def test_a_house_that_is_not_known_changes_nothing():
    """The model's answer stands."""
    answer = Intent(intent="turn_on_light", entity="kettle", params={}, reply="Yes.")
    (wish,) = wishes(answer, "turn on the kettle", ())
    assert wish.intent == "turn_on_light"
