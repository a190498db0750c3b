"""Texts of like length run together, within a budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.embed.packing import pack

pytestmark = pytest.mark.unit


@given(st.lists(st.integers(1, 256), max_size=80), st.integers(1, 512))
def test_every_text_runs_once_within_the_budget(lengths: list[int], budget: int) -> None:
    """Groups cover each place once; none but a lone text exceeds the budget or pads by a fifth."""
    groups = list(pack(lengths, budget))
    assert sorted(place for group in groups for place in group) == list(range(len(lengths)))
    for group in groups:
        sizes = [lengths[place] for place in group]
        assert len(group) == 1 or max(sizes) * len(group) <= budget
        assert min(sizes) >= 0.8 * max(sizes)


def test_short_texts_share_a_run() -> None:
    """What a budget holds is not split."""
    assert [len(group) for group in pack([8] * 32, budget=128)] == [16, 16]
