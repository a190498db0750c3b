"""Several wishes in one sentence."""

import pytest

from tritone.intents.manners import bare
from tritone.intents.parts import except_for, parts

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turn on the lamp", ["turn on the lamp"]),
        ("turn on the lamp and close the blinds", ["turn on the lamp", "close the blinds"]),
        (
            "Turn on the lamp, then close the blinds. Start the fan!",
            ["turn on the lamp", "close the blinds", "start the fan"],
        ),
        ("lamp on and fan off", ["lamp on", "fan off"]),
        ("turn the lamp on and the fan off", ["turn the lamp on", "the fan off"]),
        ("turn off this but turn on that", ["turn off this", "turn on that"]),
        ("I'm leaving, turn off the fan", ["i'm leaving", "turn off the fan"]),
        (
            "don't turn on the fan, turn on the lamp",
            ["don't turn on the fan", "turn on the lamp"],
        ),
        (
            "make the lamp red and the strip blue",
            ["make the lamp red", "make the strip blue"],
        ),
    ],
)
def test_complete_wishes_are_parted(text, expected):
    """At the ends of sentences, and at joints where both sides stand by themselves."""
    assert [" ".join(part) for part in parts(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "turn on the lamp and the fan",
        "turn the kitchen and bedroom lights on",
        "turn on a , b and c",
        "set the lamp to red and 40 percent",
        "turn off all lamps but not the hall lamp",
    ],
)
def test_what_belongs_together_is_not_parted(text):
    """Lists of things, values and exceptions stay with their verb."""
    assert [" ".join(part) for part in parts(text)] == [text]


def test_no_words_have_no_parts():
    """Signs alone are no sentence."""
    assert parts(" ?! ") == ()


@pytest.mark.parametrize(
    ("text", "left", "out"),
    [
        ("all lamps except the hall", "all lamps", "the hall"),
        ("all lamps but not the hall", "all lamps", "the hall"),
        ("all lamps", "all lamps", ""),
    ],
)
def test_exceptions_are_told_apart(text, left, out):
    """What is meant comes first, what is left out second."""
    assert except_for(tuple(text.split())) == (tuple(left.split()), tuple(out.split()))


@pytest.mark.parametrize(
    "text",
    [
        "could you please turn on the lamp",
        "hey there , would you mind turning on the lamp for me thanks",
        "turn on the lamp right now please",
        "i'd like you to turn on the lamp if you don't mind",
        "don't forget to turn on the lamp",
    ],
)
def test_polite_words_are_left_out(text):
    """A request and an order are the same wish."""
    assert " ".join(bare(tuple(text.split()))) == "turn on the lamp"
