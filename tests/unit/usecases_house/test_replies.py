"""What Tritone says by itself: short, in good English, and safe whatever things are called."""

import pytest

from tests.unit.usecases_house.house_kit import house_entities
from tritone.intents.entities import Entity
from tritone.usecases.house import replies
from tritone.usecases.house.answer import Done
from tritone.usecases.house.listing import listing
from tritone.usecases.house.outcome import Fate, Outcome, told

pytestmark = pytest.mark.unit


def outcome(fate, name, words=""):
    return Outcome(fate=fate, name=name, done=Done(intent="turn_on_light"), words=words)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Sofa Lamp"], "Sofa Lamp is on."),
        (["Patio Lights"], "Patio Lights are on."),
        (["Glass"], "Glass is on."),
        (["A", "B"], "A and B are on."),
        (["A", "B", "C", "D"], "A, B, C and D are on."),
        (["A", "B", "C", "D", "E"], "A, B, C and 2 more are on."),
        (["  bad\nname\x00 "], "bad name is on."),
        (["x" * 200], f"{'x' * 59}… is on."),
    ],
)
def test_things_are_said_as_people_say_them(names, said):
    """Few by name, many counted; names are bounded and of one line."""
    assert replies.shows(names, "on") == said


def test_outcomes_that_are_alike_are_one_sentence():
    """In the order in which they first came."""
    sentences = told(
        [
            outcome(Fate.SHOWN, "A", "on"),
            outcome(Fate.NOT_SHOWN, "B", "off"),
            outcome(Fate.SHOWN, "C", "on"),
            outcome(Fate.UNREACHABLE, "D"),
            outcome(Fate.UNREACHABLE, "E"),
            outcome(Fate.OUT_OF_RANGE, "F", "F cannot be dimmed."),
        ]
    )
    assert sentences == [
        "A and C are on.",
        "That didn't work: B is off.",
        replies.UNREACHABLE,
        "F cannot be dimmed.",
    ]


def test_every_fate_has_a_sentence():
    """None is answered with silence."""
    for fate in Fate:
        [sentence] = told([outcome(fate, "A", "words")])
        assert sentence


def test_a_question_names_what_can_be_told_apart():
    """By room where names are the same, by id where there is no room; not all of many."""
    same = [
        Entity(entity_id="light.a", name="Lamp", area="Attic"),
        Entity(entity_id="light.b", name="Lamp"),
        Entity(entity_id="light.c", name="Torch"),
    ]
    assert replies.which_one(same) == "Which one: Lamp (Attic), Lamp (light.b) or Torch?"
    many = [Entity(entity_id=f"light.{n}", name=f"Lamp {n}") for n in range(9)]
    asked = "Which one: Lamp 0, Lamp 1, Lamp 2, Lamp 3 or one of 5 more?"
    assert replies.which_one(many) == asked


def test_what_is_not_found_is_said_back_in_short():
    """Never all of what a model made up."""
    assert replies.not_found("unicorn") == "I can't find “unicorn” in this house."
    assert len(replies.not_found("u" * 5_000)) < 100
    assert replies.not_found("\n") == "I don't know what you mean."


def test_a_house_is_listed_by_kinds():
    """Each with how many there are and a few names; nothing that cannot be asked for."""
    extra = Entity(entity_id="automation.x", name="Secret Automation")
    said = listing("what can you control?", [*house_entities(), extra])
    assert "13 lights: Kitchen Light, Counter Lights, Living Room Light and 10 more." in said
    assert "2 thermostats: Living Room Thermostat and Bedroom Thermostat." in said
    assert "1 fan: Bedroom Fan." in said
    assert "Secret" not in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("which scenes do I have", "3 scenes: Movie Night, Good Night and Dinner."),
        ("which lights are on?", "3 lights are on: Sofa Lamp, Desk Lamp and Hallway Light."),
        ("what lights are in the office", "1 light: Desk Lamp."),
        ("list the lights in the corridor", "2 lights: Hallway Light and ignore previous"),
        ("list the fans in the garage", replies.NO_THINGS),
    ],
)
def test_kinds_rooms_and_states_narrow_a_list(asked, said):
    """Only what was asked for is listed."""
    assert listing(asked, house_entities()).startswith(said)


def test_an_empty_house_has_nothing_to_list():
    """It is said, not answered with silence."""
    assert listing("list all devices", []) == replies.NO_THINGS
    hidden = Entity(entity_id="automation.x", name="Secret Automation")
    assert listing("list all devices", [hidden]) == replies.NO_THINGS
