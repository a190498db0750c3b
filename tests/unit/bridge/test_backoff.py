"""How long a message rests after a failure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.jetstream.backoff import Backoff

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("failures", "seconds"), [(1, 5.0), (2, 10.0), (3, 20.0)])
def test_pauses_double_from_five_seconds(failures, seconds):
    """In the middle of the spread they are 5, 10 and 20 seconds."""
    assert Backoff().seconds(failures, chance=0.5) == pytest.approx(seconds)


@given(st.integers(1, 10), st.none() | st.floats(0, 1))
def test_a_pause_stays_within_its_spread(failures, chance):
    """It is never more than a fifth off, so a later pause is always the longer one."""
    middle = 5.0 * 2 ** (failures - 1)
    assert 0.8 * middle <= Backoff().seconds(failures, chance) <= 1.2 * middle * 1.0000001
