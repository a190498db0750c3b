"""Phoneme lengths become timings without losing a sample."""

# ruff: noqa: RUF001 - IPA looks like other alphabets.

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.tts.timing import fold, in_seconds, share_out
from tritone.engines.tts.visemes import VISEMES

pytestmark = pytest.mark.unit

_lengths = st.lists(
    st.tuples(st.sampled_from("^$_ ˈˌːabtʃdʒsn.,?̃猫"), st.integers(1, 5000)),
    min_size=1,
    max_size=60,
)


def _folded(*symbols: str) -> list[tuple[str, str, int]]:
    return [(s.phoneme, s.viseme, s.samples) for s in fold((c, 10) for c in symbols)]


def test_marks_and_padding_join_their_sound() -> None:
    """Stress goes to the sound behind it, length and padding to the one before."""
    assert _folded("^", "_", "h", "_", "ˈ", "_", "ɑ", "_", "ː", "_") == [
        ("", "sil", 20),
        ("h", "kk", 20),
        ("ˈɑː", "aa", 60),
    ]


def test_a_gap_between_words_is_not_a_silence() -> None:
    """A mouth does not close between two words."""
    assert _folded("a", " ", "b") == [("a", "aa", 20), ("b", "PP", 10)]


def test_affricates_are_one_sound() -> None:
    """T and ʃ side by side are one; with a word between them they are two."""
    assert _folded("t", "_", "ʃ") == [("tʃ", "CH", 30)]
    assert [sound[0] for sound in _folded("t", "a", "ʃ")] == ["t", "a", "ʃ"]


def test_silences_join_across_sentences() -> None:
    """The end of one sentence and the beginning of the next are one silence."""
    assert _folded("a", ".", "$", "^", "b") == [("a", "aa", 10), (".", "sil", 30), ("b", "PP", 10)]


def test_an_unknown_sound_still_moves_the_mouth() -> None:
    """A symbol that the viseme table lacks is shown half open rather than refused."""
    assert _folded("猫") == [("猫", "E", 10)]


@given(_lengths)
def test_no_sample_is_lost(lengths: list[tuple[str, int]]) -> None:
    """However symbols follow each other, their samples add up, and shapes are of the set."""
    sounds = fold(lengths)
    assert sum(sound.samples for sound in sounds) == sum(samples for _, samples in lengths)
    assert {sound.viseme for sound in sounds} <= set(VISEMES)


@given(_lengths, st.data())
def test_timings_tile_what_is_kept(lengths: list[tuple[str, int]], data: st.DataObject) -> None:
    """Timings run from 0 to the end of the kept audio, without a gap or an overlap."""
    total = sum(samples for _, samples in lengths)
    cut = data.draw(st.integers(0, total - 1))
    keep = data.draw(st.integers(1, total - cut))
    timings = in_seconds(fold(lengths), cut, keep, 22_050)
    edges = [0.0, *(timing.end for timing in timings)]
    assert [timing.start for timing in timings] == edges[:-1]
    assert edges[-1] == pytest.approx(keep / 22_050, abs=1e-6)
    assert all(timing.end > timing.start for timing in timings)


@given(st.integers(0, 10**7), st.integers(1, 500))
def test_an_even_share_adds_up(samples: int, places: int) -> None:
    """Shares differ by one sample at most and add up to the whole."""
    shares = share_out(samples, places)
    assert len(shares) == places
    assert sum(shares) == samples
    assert max(shares) - min(shares) <= 1
