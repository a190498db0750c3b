"""Subjects with wildcards, and what they share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.nats.overlap import overlap
from tritone.nats.streams import STREAMS

pytestmark = pytest.mark.unit

TOKEN = st.sampled_from(["a", "b", "*"])
SUBJECT = st.builds(
    lambda tokens, rest: ".".join([*tokens, *rest]),
    st.lists(TOKEN, min_size=1, max_size=3),
    st.sampled_from([[], [">"]]),
)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        (">", "a", True),
        ("a.*.c", "a.b.*", True),
        ("a.*.c", "a.b.d", False),
        ("*.b", "a.>", True),
        ("ai.voice.>", "ai.voice.response.stream.>", True),
        ("ai.voice.response.*", "ai.voice.response.stream.>", False),
    ],
)
def test_overlap(one: str, other: str, expected: bool) -> None:
    """As the server sees it, whichever comes first."""
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


def matches(pattern: list[str], subject: list[str]) -> bool:
    """Whether a literal subject is one of a pattern's."""
    if pattern == [">"]:
        return bool(subject)
    if not pattern or not subject:
        return pattern == subject
    return pattern[0] in ("*", subject[0]) and matches(pattern[1:], subject[1:])


@given(SUBJECT, SUBJECT)
def test_overlap_means_a_common_subject(one: str, other: str) -> None:
    """There is a literal subject that both match if, and only if, they overlap."""
    literals = [[]]
    every = []
    for _ in range(5):
        literals = [[*head, token] for head in literals for token in ("a", "b")]
        every += literals
    common = any(
        matches(one.split("."), each) and matches(other.split("."), each) for each in every
    )
    assert overlap(one, other) is common


def test_our_streams_share_nothing() -> None:
    """No subject of a stream overlaps with another's, or JetStream would refuse them."""
    subjects = [subject for stream in STREAMS for subject in stream.subjects]
    for number, one in enumerate(subjects):
        for other in subjects[number + 1 :]:
            assert not overlap(one, other)
