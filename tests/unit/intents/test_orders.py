"""What is asked of the house for a wish."""

import pytest

from tests.unit.intents.intents_kit import entity, thing
from tritone.errors import ParameterOutOfRange
from tritone.intents.entities import Entity
from tritone.intents.orders import Action, described, order
from tritone.intents.table import INTENTS
from tritone.intents.wish import Wish

pytestmark = pytest.mark.unit

COLOURED = thing(
    "light.strip", "Strip", state="on", brightness=128, supported_color_modes=["color_temp", "hs"]
)
WHITE = thing("light.white", "White Lamp", supported_color_modes=["brightness"])
PLAIN = thing("light.plain", "Plain Lamp", supported_color_modes=["onoff"])
HEATING = thing("climate.room", "Heating", temperature=20.0, min_temp=7, max_temp=30)
GATE = entity("cover.gate")


def asked(intent: str, one: Entity, said: str, **params: str) -> Action:
    """The order for a sentence."""
    return order(INTENTS[intent], one, Wish(intent=intent, params=params), said)


@pytest.mark.parametrize(
    ("intent", "one", "said", "action", "params"),
    [
        ("turn_on_light", COLOURED, "strip on", "light.turn_on", {}),
        ("turn_on_light", COLOURED, "strip at half", "light.turn_on", {"brightness_pct": "50"}),
        ("turn_on_light", COLOURED, "make the strip red", "light.turn_on", {"color_name": "red"}),
        (
            "turn_on_light",
            COLOURED,
            "set the strip to twenty percent warm white",
            "light.turn_on",
            {"brightness_pct": "20", "color_temp_kelvin": "2700"},
        ),
        ("turn_off_light", COLOURED, "strip off", "light.turn_off", {}),
        ("turn_on_switch", entity("fan.bedroom"), "start the fan", "fan.turn_on", {}),
        ("turn_on_switch", entity("switch.kettle"), "start the kettle", "switch.turn_on", {}),
        (
            "set_cover_position",
            GATE,
            "open the garage door to 20 percent",
            "cover.set_cover_position",
            {"position": "20"},
        ),
        (
            "set_temperature",
            HEATING,
            "set it to 21.5 degrees",
            "climate.set_temperature",
            {"temperature": "21.5"},
        ),
    ],
)
def test_a_wish_becomes_an_action_of_the_things_domain(intent, one, said, action, params):
    """With its details as Home Assistant takes them."""
    assert asked(intent, one, said) == Action(action=action, params=params)


@pytest.mark.parametrize(
    ("said", "percent"),
    [("brighter", "75"), ("dim the strip", "25"), ("brighter by 10 percent", "60")],
)
def test_brighter_and_dimmer_start_from_what_is(said, percent):
    """From half, up or down a quarter, or as much as was said."""
    assert asked("turn_on_light", COLOURED, said).params == {"brightness_pct": percent}


@pytest.mark.parametrize(
    ("said", "degrees"), [("make it warmer", "21"), ("cooler", "19"), ("2 degrees warmer", "22")]
)
def test_warmer_and_cooler_start_from_what_is(said, degrees):
    """From what it is set to, up or down a degree, or as many as were said."""
    assert asked("set_temperature", HEATING, said).params == {"temperature": degrees}


def test_a_value_that_nobody_said_is_not_taken():
    """The model's details count only as far as the sentence holds them."""
    assert asked("turn_on_light", COLOURED, "strip on", brightness="5", color="red").params == {}
    assert asked("turn_on_light", COLOURED, "strip on with 5", brightness="5").params == {
        "brightness_pct": "5"
    }


def test_a_number_in_a_name_is_no_value():
    """A lamp that is called 40 percent is not set to that."""
    lamp = thing("light.odd", "40 percent")
    assert asked("turn_on_light", lamp, "turn on 40 percent").params == {}


@pytest.mark.parametrize(
    ("intent", "one", "said", "sentence"),
    [
        (
            "turn_on_light",
            COLOURED,
            "set the strip to 150 percent",
            "The brightness of Strip can be 1 to 100 percent.",
        ),
        (
            "set_temperature",
            HEATING,
            "set it to 45 degrees",
            "The temperature of Heating can be 7 to 30 degrees.",
        ),
        ("set_temperature", HEATING, "set it", "What temperature should Heating have?"),
        ("turn_on_light", WHITE, "make it red", "White Lamp cannot change its color."),
        ("turn_on_light", PLAIN, "set it to 20 percent", "Plain Lamp cannot be dimmed."),
    ],
)
def test_what_a_thing_cannot_take_is_said(intent, one, said, sentence):
    """In a sentence that can be read out."""
    with pytest.raises(ParameterOutOfRange) as caught:
        asked(intent, one, said)
    assert caught.value.message == sentence


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (thing("light.a", "A", state="on", brightness=128), "on at 50 percent"),
        (
            thing("light.a", "A", state="on", color_mode="hs", rgb_color=(255, 0, 0)),
            "on, red",
        ),
        (thing("light.a", "A"), "off"),
        (thing("light.a", "A", state="unavailable"), "not available"),
        (thing("cover.a", "A", state="open", current_position=40), "open at 40 percent"),
        (thing("cover.a", "A", state="opening", current_position=40), "opening"),
        (
            thing("climate.a", "A", state="heat", temperature=21.0, current_temperature=19.5),
            "set to 21 degrees, it is 19.5 degrees",
        ),
        (thing("sensor.a", "A", state="9.5", unit_of_measurement="°C"), "9.5 °C"),
        (thing("scene.a", "A", state="2024-03-01T10:00:00+00:00"), "active"),
    ],
)
def test_a_state_is_told_in_words(one, words):
    """As it is said in a reply."""
    assert described(INTENTS["get_state"], one) == words
