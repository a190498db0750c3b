"""Details of a wish, read from words and found again in states."""

import pytest

from tritone.intents.values import close, read, step
from tritone.intents.words import normal

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("fifty percent", "50"),
        ("at 33%", "33"),
        ("to 40", "40"),
        ("brightness 12", "12"),
        ("half", "50"),
        ("halfway", "50"),
        ("a quarter", "25"),
        ("three quarters", "75"),
        ("full brightness", "100"),
        ("on", None),
        ("lamp 3", None),
        ("at 7 pm", None),
        ("to 21 degrees", None),
        ("by 20 percent", None),
        ("20 percent brighter", None),
    ],
)
def test_a_percentage_is_read(said, value):
    """From digits, words and fractions; not from times, degrees or changes."""
    assert read("percent", normal(said)) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("to red", "red"),
        ("warm white", "warm white"),
        ("white", "white"),
        ("reddish", None),
        ("a bored lamp", None),
    ],
)
def test_a_colour_is_read(said, value):
    """As a whole word, the longest name first."""
    assert read("colour", normal(said)) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("twenty one degrees", "21"),
        ("to 19.5", "19.5"),
        ("at 20 °C", "20"),
        ("2 degrees warmer", None),
        ("by 2 degrees", None),
        ("to 50 percent", None),
        ("at 8 am", None),
    ],
)
def test_a_temperature_is_read(said, value):
    """With its unit or after "to"; not from changes, percentages or times."""
    assert read("temperature", normal(said)) == value


@pytest.mark.parametrize(
    ("said", "by"), [("by 20 percent", 20), ("2 degrees warmer", 2), ("warmer", None)]
)
def test_a_change_is_read(said, by):
    """How much, where that was said."""
    assert step(normal(said)) == by


@pytest.mark.parametrize(
    ("name", "seen", "same"),
    [
        ("red", (255, 0, 0), True),
        ("red", (200, 0, 0), True),
        ("red", (255, 0, 255), False),
        ("blue", (0, 0, 255), True),
        ("blue", (255, 255, 255), False),
        ("white", (255, 250, 245), True),
        ("white", (255, 0, 0), False),
        ("unheard of", (255, 0, 0), False),
        ("red", (), False),
    ],
)
def test_a_colour_is_seen_in_a_state(name, seen, same):
    """By its hue and its depth, not by how bright the light is."""
    assert close(name, seen) is same
