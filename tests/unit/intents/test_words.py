"""Sentences as words that can be compared."""

import pytest

from tritone.intents.words import normal, singular, tokens

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Set it to FIFTY percent!", "set it to 50 percent"),
        ("twenty-five percent", "25 percent"),
        ("twenty one and a half degrees", "21.5 degrees"),
        ("nineteen point five", "19.5"),
        ("a hundred percent", "100 percent"),
        ("40%, please", "40 percent please"),
        ("21,5 °C", "21.5 degrees c"),
        ("one lamp", "one lamp"),
        ("twenty two", "22"),
    ],
)
def test_numbers_and_signs_read_alike(text, expected):
    """Digits, words and signs for a number become the same words."""
    assert normal(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("don\u2019t", "don't"),
        ("Bob's lamp", "bob lamp"),
        ("let's go", "let's go"),
        ("Turn of the lamp", "turn off the lamp"),
        ("one of the lamps", "one of the lamps"),
        (
            "trun on the lamp, swtich it off, clsoe that",
            "turn on the lamp switch it off close that",
        ),
        ("an urn, on a form", "an urn on a form"),
        ("{name} [x] (a|b) <rule>", "name x a b rule"),
        ("", ""),
    ],
)
def test_letters_and_signs_read_alike(text, expected):
    """Apostrophes, owners, common slips and the signs of templates leave plain words."""
    assert normal(text) == expected


def test_the_ends_of_sentences_are_kept_apart_from_words():
    """Signs between sentences and commas stay, as tokens of their own."""
    assert tokens("Hello, you. Lamp on!") == ("hello", ",", "you", ".", "lamp", "on", "!")


@pytest.mark.parametrize(("many", "one"), [("lamps", "lamp"), ("switches", "switch")])
def test_a_plural_and_its_singular_read_alike(many, one):
    """Both forms become the same word."""
    assert singular(many) == singular(one) == one


@pytest.mark.parametrize("word", ["glass", "this", "gas", "status"])
def test_a_word_that_only_ends_like_a_plural_stays(word):
    """An s that is no plural's is kept."""
    assert singular(word) == word
