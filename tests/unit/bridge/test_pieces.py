"""Answers cut into pieces and put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.jetstream.pieces import Piece, joined, split
from tritone.messages import Timing

pytestmark = pytest.mark.unit

RATE = 1000


def mouth(start, end=None):
    """A viseme."""
    return Timing(phoneme="a", viseme="aa", start=start, end=start + 0.1 if end is None else end)


@given(
    st.lists(
        st.builds(
            lambda text, samples: Piece(
                text=text, audio=b"ab" * samples, sample_rate=RATE if samples else 0
            ),
            st.text(max_size=5),
            st.integers(0, 50),
        ),
        max_size=8,
    ),
    st.integers(2, 40),
)
def test_nothing_is_lost_and_all_stays_in_order(pieces, most):
    """Joined and split again, text and audio are what they were."""
    parts = [part for piece in joined(pieces) for part in split(piece, most)]
    assert "".join(part.text for part in parts) == "".join(piece.text for piece in pieces)
    assert b"".join(part.audio for part in parts) == b"".join(piece.audio for piece in pieces)
    assert all(len(part.audio) <= most and len(part.audio) % 2 == 0 for part in parts)


def test_visemes_move_with_their_audio():
    """Those of the second piece come after the first one's sound."""
    one = Piece(audio=bytes(2 * RATE), sample_rate=RATE, visemes=(mouth(0.2),))
    (both,) = joined([one, Piece(text="x"), one])
    assert [each.start for each in both.visemes] == pytest.approx([0.2, 1.2])
    assert [each.end for each in both.visemes] == pytest.approx([0.3, 1.3])


def test_a_split_shares_the_visemes_out():
    """Each is in the part in which it begins, at its time within that."""
    whole = Piece(
        text="x",
        transcript="y",
        audio=bytes(4 * RATE),
        sample_rate=RATE,
        visemes=(mouth(0.0), mouth(0.9), mouth(1.0), mouth(2.0)),
    )
    first, second = split(whole, 2 * RATE)
    assert [each.start for each in first.visemes] == pytest.approx([0.0, 0.9])
    assert [each.start for each in second.visemes] == pytest.approx([0.0, 1.0])
    assert (first.text, first.transcript, second.text, second.transcript) == ("x", "y", "", "")
    assert second.sample_rate == RATE


def test_audio_of_two_rates_stays_apart():
    """Text in between belongs to what comes before."""
    pieces = [
        Piece(audio=b"ab", sample_rate=8000),
        Piece(text="x"),
        Piece(audio=b"cd", sample_rate=16000),
    ]
    assert [(piece.audio, piece.sample_rate, piece.text) for piece in joined(pieces)] == [
        (b"ab", 8000, "x"),
        (b"cd", 16000, ""),
    ]
