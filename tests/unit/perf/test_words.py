"""Words that were heard wrongly."""

import pytest

from perf.bench.words import errors, plain

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("Why is it so?", "why is it so", 0),
        ("Why is it so?", "Why is that so?", 1),
        ("Why is it so?", "Why is so?", 1),
        ("Why is it so?", "Well, why is it so?", 1),
        ("one two", "", 2),
        ("It's twenty-one.", "It\u2019s 21.", 0),
        ("seven apples", "7 apples", 0),
        ("What is 'it'?", "what is it", 0),
    ],
)
def test_changes_between_said_and_heard(said: str, heard: str, wrong: int):
    """Changed, added and missing words count; case, signs and how a number is written do not."""
    assert errors(said, heard)[0] == wrong


def test_words_said_are_counted():
    """The rate is over what was said, not over what was heard."""
    assert errors("one two three", "one two three four five")[1] == 3


def test_large_numbers_stay_digits():
    """Only numbers below a hundred are spelled out."""
    assert plain("90 99 100 1995") == ["ninety", "ninety", "nine", "100", "1995"]
