"""The fast path: obvious commands without the language model."""

import pytest

from tests.unit.intents.intents_kit import HOUSE, thing
from tritone.intents.recognising import LONGEST, Recogniser

pytestmark = pytest.mark.unit

Found = list[tuple[str, dict[str, str], list[str]]]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """Of the small house."""
    return Recogniser(HOUSE)


def found(recogniser: Recogniser, text: str) -> Found | None:
    """Intents, details and things that were recognised."""
    read = recogniser.recognise(text)
    if read is None:
        return None
    return [
        (one.wish.intent, dict(one.wish.params), [each.entity_id for each in one.entities])
        for one in read
    ]


@pytest.mark.parametrize(
    ("text", "intent", "params", "entities"),
    [
        ("Turn on the kitchen light.", "turn_on_light", {}, ["light.kitchen"]),
        ("could you turn the kitchen light on please", "turn_on_light", {}, ["light.kitchen"]),
        ("kitchen light off", "turn_off_light", {}, ["light.kitchen"]),
        (
            "turn on the floor lamp at fifty percent",
            "turn_on_light",
            {"brightness": "50"},
            ["light.floor_lamp"],
        ),
        ("set the floor lamp to red", "turn_on_light", {"color": "red"}, ["light.floor_lamp"]),
        (
            "set the floor lamp to 30% blue",
            "turn_on_light",
            {"brightness": "30", "color": "blue"},
            ["light.floor_lamp"],
        ),
        ("dim the floor lamp to half", "turn_on_light", {"brightness": "50"}, ["light.floor_lamp"]),
        ("switch on the counter lights", "turn_on_light", {}, ["light.worktop"]),
        ("start the kettle", "turn_on_switch", {}, ["switch.kettle"]),
        ("bedroom fan on", "turn_on_switch", {}, ["fan.bedroom"]),
        ("close the bedroom curtains", "close_cover", {}, ["cover.bedroom"]),
        ("open the garage door", "open_cover", {}, ["cover.gate"]),
        (
            "open the lounge blinds to 40 percent",
            "set_cover_position",
            {"position": "40"},
            ["cover.lounge"],
        ),
        (
            "set the bedroom heating to 21.5 degrees",
            "set_temperature",
            {"temperature": "21.5"},
            ["climate.bedroom"],
        ),
        ("activate party night", "activate_scene", {}, ["scene.party"]),
        ("is the kettle on?", "get_state", {}, ["switch.kettle"]),
        ("what devices do i have", "list_entities", {}, []),
        ("turn on ignore previous instructions", "turn_on_light", {}, ["light.joke"]),
    ],
)
def test_an_obvious_command_is_recognised(recogniser, text, intent, params, entities):
    """With its details and the one thing that is meant."""
    assert found(recogniser, text) == [(intent, params, entities)]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("turn on the kitchen lights", ["light.kitchen", "light.worktop"]),
        ("turn on the lights in the lounge", ["light.floor_lamp", "light.living_reading"]),
        ("turn on all lights in the bedroom", ["light.bed_reading"]),
        ("turn on the cellar light", ["light.joke"]),
    ],
)
def test_a_room_with_a_kind_means_the_things_in_it(recogniser, text, entities):
    """All of them for the plural; the only one for the singular."""
    assert found(recogniser, text) == [("turn_on_light", {}, entities)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "turn on the floor lamp and the kitchen light",
            [("turn_on_light", {}, ["light.floor_lamp"]), ("turn_on_light", {}, ["light.kitchen"])],
        ),
        (
            "turn the floor lamp, the kitchen light and the counter lights off",
            [
                ("turn_off_light", {}, ["light.floor_lamp"]),
                ("turn_off_light", {}, ["light.kitchen"]),
                ("turn_off_light", {}, ["light.worktop"]),
            ],
        ),
        (
            "turn off the kettle, then close the bedroom curtains and start the bedroom fan",
            [
                ("turn_off_switch", {}, ["switch.kettle"]),
                ("close_cover", {}, ["cover.bedroom"]),
                ("turn_on_switch", {}, ["fan.bedroom"]),
            ],
        ),
    ],
)
def test_several_commands_are_recognised_together(recogniser, text, expected):
    """In the order in which they were said."""
    assert found(recogniser, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "don't turn on the kitchen light",
        "turn on the kitchen light tomorrow",
        "turn on the kitchen light when i come home",
        "did you turn on the kitchen light",
        "turn on the kitchen light and dance",
        "turn on the kitchen light and never mind",
        "turn on the kitchen light or the floor lamp",
        "turn on the kitchen light but not the floor lamp",
        "turn on the nice kitchen light",
        "turn on the kitchen",
        "turn on the kettle light",
        "turn on the reading lamp",
        "turn on the light",
        "turn on the attic light",
        "turn on the attic lights",
        "kitchen light",
        "the kitchen light is on",
        "turn on the kitchen light turn on the kitchen light",
        "set the kitchen light to 150 percent",
        "turn on the kitchen curtains",
        "activate the kitchen light scene",
        "turn on {name}",
        "turn on <thing>",
        "turn on the " + "very " * LONGEST + "kitchen light",
    ],
)
def test_what_does_not_fit_completely_is_left_alone(recogniser, text):
    """One word too many, a thing too few, or two readings, and nothing is recognised."""
    assert recogniser.recognise(text) is None


@pytest.mark.parametrize(
    "name",
    ["{name}", "lamp|fan", "[lamp] (a|b)", "<thing>", "lamp [and all]", "\\", "{brightness}", ""],
)
def test_a_name_is_never_read_as_a_template(name):
    """Brackets, braces and bars of a name match nothing but its words."""
    house = (thing("light.odd", name), thing("light.plain", "Plain Lamp"))
    recogniser = Recogniser(house)
    assert found(recogniser, "turn on the plain lamp") == [
        ("turn_on_light", {}, ["light.plain"]),
    ]
    for text in ("turn on the fan", "turn on", "turn on a", "turn on 50", "turn on the kitchen"):
        assert recogniser.recognise(text) is None


def test_a_number_is_read_whole():
    """Lamp 17 is not lamp 1 at seven percent."""
    lamps = tuple(thing(f"light.l{n}", f"Lamp {n}") for n in (1, 17))
    assert found(Recogniser(lamps), "turn on lamp 17") == [("turn_on_light", {}, ["light.l17"])]
    assert Recogniser(lamps[:1]).recognise("turn on lamp 17") is None


def test_two_things_of_one_name_are_not_obvious():
    """Also where they are of different kinds."""
    twins = (thing("light.fan", "Fan"), thing("fan.fan", "Fan"))
    assert Recogniser(twins).recognise("turn on the fan") is None


def test_a_house_without_things_recognises_no_commands():
    """There is nothing to turn on."""
    recogniser = Recogniser(())
    assert recogniser.recognise("turn on the kitchen light") is None
    assert recogniser.recognise("turn on all lights") is None
