"""Written words find their place among the sounds of a sentence."""

# ruff: noqa: RUF001 - IPA looks like other alphabets.

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.tts.words import split_words, time_words, word_sounds

pytestmark = pytest.mark.unit

RATE = 100


def spoken(sounds: str) -> list[tuple[str, int]]:
    """Symbols as a voice tells them: padding between, each a tenth of a second long."""
    return [("^", 10), *((symbol, 10) for symbol in sounds), ("$", 10)]


def times(pairs: list[tuple[str, str]], heard: str) -> list[tuple[str, float, float]]:
    """Words, each with its sounds alone, timed in what was heard; the audio is not cut."""
    found = time_words(
        [word for word, _ in pairs],
        [word_sounds(sounds) for _, sounds in pairs],
        spoken(heard),
        0,
        10**6,
        RATE,
    )
    return [(each.word, each.start, each.end) for each in found]


def test_words_are_split_as_they_are_written():
    """With the punctuation that may matter to their sound; signs alone are no words."""
    text = "Dr. Smith's “cat” — paid $5.50, didn't it? - ..."
    assert split_words(text) == ["Dr.", "Smith's", "“cat”", "paid", "$5.50,", "didn't", "it?"]


def test_marks_are_no_sounds():
    """Stress, length and padding are left out; pauses are one gap."""
    assert word_sounds("^_t_ˈ_u_ː_, _θ_a_$") == ("t", "u", " ", "θ", "a")


def test_gaps_between_words_belong_to_none():
    """A word ends with its last sound, and the next starts with its first."""
    assert times([("one", "wʌn"), ("two.", "tu")], "wʌn tu.") == [
        ("one", 0.1, 0.4),
        ("two", 0.5, 0.7),
    ]


def test_stress_belongs_to_the_sound_behind_it():
    """So a stressed word starts with its mark."""
    assert times([("a", "a"), ("two", "tˈu")], "a ˈtu") == [("a", 0.1, 0.2), ("two", 0.3, 0.6)]


def test_a_number_is_one_word_however_it_is_said():
    """Several phonetic words become the written one."""
    assert times([("42", "fɔɹɾi tu"), ("cats", "kæts")], "fɔɹɾi tu kæts") == [
        ("42", 0.1, 0.9),
        ("cats", 1.0, 1.4),
    ]


def test_words_said_in_one_are_told_apart():
    """One phonetic word for "of the" is shared by the two written ones."""
    assert times([("of", "ʌv"), ("the", "ðə"), ("cat", "kæt")], "ʌvðə kæt") == [
        ("of", 0.1, 0.3),
        ("the", 0.3, 0.5),
        ("cat", 0.6, 0.9),
    ]


def test_a_word_that_sounds_otherwise_in_its_sentence_keeps_its_place():
    """Weak forms, and abbreviations that are read out only where something follows."""
    pairs = [("see", "si"), ("e.g.", "iːdʒiː"), ("a", "eɪ"), ("cat", "kæt")]
    assert [(word, start) for word, start, _ in times(pairs, "si fɔɹɪɡzæmpəl ɐ kæt")] == [
        ("see", 0.1),
        ("e.g", 0.4),
        ("a", 1.6),
        ("cat", 1.8),
    ]


def test_times_are_those_of_the_audio_that_is_kept():
    """What was cut off the front is taken off, and no time lies outside."""
    found = time_words(["ab", "cd"], [("a", "b"), ("c", "d")], spoken("ab cd"), 15, 40, RATE)
    assert [(word.start, word.end) for word in found] == [(0.0, 0.15), (0.25, 0.4)]


def test_without_words_or_sounds_there_are_no_times():
    """Nothing is no error."""
    assert times([], "abc") == []
    assert times([("a", "a")], "., ") == []


def test_more_words_than_sounds_is_no_error():
    """As with a voice that lacks the sounds of a script."""
    found = times([("x", ""), ("y", ""), ("z", "")], "a")
    assert [word for word, _, _ in found] == ["x", "y", "z"]
    assert all(0.1 <= start <= end <= 0.2 for _, start, end in found)


def test_a_very_long_text_is_laid_out_evenly():
    """Beyond what is worth an alignment, in order all the same."""
    count = 1500
    found = times([("word", "wɜd")] * count, "wɜd " * count)
    assert len(found) == count
    assert all(a[2] <= b[1] for a, b in pairwise(found))


_sounds = st.text(alphabet="abðəʌv ˈː.,_tu", max_size=12)


@given(st.lists(st.tuples(st.just("word"), _sounds), max_size=8), st.text("abðəʌv ˈː.,_tu"))
def test_whatever_is_heard_the_words_are_in_order(pairs, heard):
    """All words, no overlap, nothing outside the audio; each has a length while sounds last."""
    found = times(pairs, heard)
    sounds = [symbol for symbol in word_sounds(heard) if symbol != " "]
    assert len(found) == (len(pairs) if sounds else 0)
    assert all(a[2] <= b[1] for a, b in pairwise(found))
    assert all(0 <= start <= end <= (len(heard) + 2) / 10 for _, start, end in found)
    if len(pairs) <= len(sounds):
        assert all(start < end for _, start, end in found)
