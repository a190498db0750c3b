"""Ratios by round, their median and quartiles, and who comes first."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.bench.comparing import Spread, differences, order, ratios, spread

pytestmark = pytest.mark.unit

NUMBERS = st.lists(st.floats(0.001, 1000.0), min_size=2, max_size=20)


@given(NUMBERS)
def test_quartiles_are_the_usual_ones(values: list[float]):
    """Linear between the ordered values, as numpy has them by default."""
    found = spread(values)
    assert found is not None
    expected = np.percentile(values, [25, 50, 75])
    assert np.allclose([found.low, found.median, found.high], expected)


def test_one_value_is_its_own_spread():
    """A single round has a median and no quartiles of its own; none has nothing."""
    assert spread([2.0]) == Spread(2.0, 2.0, 2.0, (2.0,))
    assert spread([]) is None


def test_ratio_is_taken_within_rounds():
    """What made a round slow falls on both, and cancels out."""
    slow_machine = {0: 1.0, 1: 10.0, 2: 100.0}
    half = {number: value / 2 for number, value in slow_machine.items()}
    found = ratios(slow_machine, half)
    assert found is not None
    assert found.values == (2.0, 2.0, 2.0)


def test_rounds_that_one_of_them_lacks_do_not_count():
    """A ratio or difference needs both, and a ratio something to divide by."""
    assert ratios({0: 1.0, 1: 4.0, 2: 3.0}, {1: 2.0, 2: 0.0}) == spread([2.0])
    assert differences({0: 1.0, 1: 4.0}, {1: 1.0}) == spread([3.0])
    assert ratios({0: 1.0}, {1: 1.0}) is None


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_everybody_has_every_turn_equally_often(count: int):
    """Over as many rounds as make it even, each is at each place the same number of times."""
    names = [f"subject {number}" for number in range(count)]
    rounds = [order(names, number) for number in range(2 * count)]
    assert all(sorted(each) == sorted(names) for each in rounds)
    for place in range(count):
        assert set(Counter(each[place] for each in rounds).values()) == {2}


def test_two_subjects_take_turns():
    """Neither is always the one who finds the machine as the other left it."""
    assert order(["a", "b"], 0) == ["a", "b"]
    assert order(["a", "b"], 1) == ["b", "a"]
