"""When each word of a text is heard.

A phonemizer answers with the sounds of a whole sentence, and its words are not those of the text:
"42" is two of them, "of the" is one, "e.g." is "for example". So every written word is phonemized
on its own, too, and the two rows of sounds are laid side by side with the fewest changes (the edit
distance of Wagner and Fischer, "The String-to-String Correction Problem", 1974). Where a written
word ends there, it ends in the audio.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from tritone.engines.tts.timing import BEGIN, END, PAD
from tritone.engines.tts.visemes import SILENCE, STRESS_MARKS, SUFFIX_MARKS, viseme_of
from tritone.messages import SpokenWord

__all__ = ["split_words", "time_words", "word_sounds"]

_GAP: Final = " "
_AROUND: Final = ".,;:!?…\"'“”‘’«»()[]{}<>–—。！？、，；：/\\|"  # noqa: RUF001 - typography
_MOST_CELLS: Final = 6_000_000
"""Bound of an alignment, for 2,000 characters of prose. Longer rows are laid out evenly."""


@dataclasses.dataclass(slots=True)
class _Sound:
    """One symbol of the audio, where it starts and ends in samples, or a gap between words."""

    symbol: str
    start: int
    end: int


def split_words(text: str) -> list[str]:
    """The written words of a text, with the punctuation that may change how they are said."""
    return [token for token in text.split() if token.strip(_AROUND + "-")]


def word_sounds(symbols: Iterable[str]) -> tuple[str, ...]:
    """What is compared of a word's phonemes: sounds, and one gap wherever there is a pause."""
    return tuple(sound.symbol for sound in _sounds((symbol, 0) for symbol in symbols))


def time_words(
    words: Sequence[str],
    alone: Sequence[Sequence[str]],
    lengths: Iterable[tuple[str, int]],
    cut: int,
    keep: int,
    sample_rate: int,
) -> tuple[SpokenWord, ...]:
    """Start and end of each word: in order, without overlap, pauses left out.

    Args:
        words: as `split_words` found them; the punctuation around them is not part of the result.
        alone: `word_sounds` of each.
        lengths: each symbol of the audio with its samples.
        cut: samples taken off the front of the audio.
        keep: samples left.
        sample_rate: Hz.
    """
    heard = _sounds(lengths)
    if not words or not heard:
        return ()
    expected: list[str] = []
    ends: list[int] = []  # where each word but the last ends, as a place in `expected`
    for sounds in alone:
        if expected:
            ends.append(len(expected))
            expected.append(_GAP)
        expected += sounds or ["?"]
    places = _align(expected, [sound.symbol for sound in heard])
    letters = [place for place, sound in enumerate(heard) if sound.symbol != _GAP]
    bounds = _bounds([_bound(places, heard, end) for end in ends], letters, len(words))
    timed = []
    for word, first, behind in zip(words, bounds[:-1], bounds[1:], strict=True):
        own = letters[first : max(behind, first + 1)] or letters[-1:]
        start, end = (
            min(max(at - cut, 0), keep) for at in (heard[own[0]].start, heard[own[-1]].end)
        )
        timed.append((word, start if behind > first else end, end))
    return tuple(
        SpokenWord(
            word=word.strip(_AROUND), start=round(a / sample_rate, 6), end=round(b / sample_rate, 6)
        )
        for word, a, b in timed
    )


def _sounds(lengths: Iterable[tuple[str, int]]) -> list[_Sound]:
    """Sounds, with gaps between words; stress goes to the sound behind it, other marks before."""
    sounds: list[_Sound] = []
    at, since, paused = 0, -1, False
    for symbol, samples in lengths:
        if symbol in STRESS_MARKS:
            since = at if since < 0 else since
        elif symbol == PAD or symbol in SUFFIX_MARKS:
            if sounds and since < 0 and not paused:
                sounds[-1].end += samples
        elif symbol in (_GAP, BEGIN, END) or viseme_of(symbol) == SILENCE:
            paused = True
        else:
            if paused and sounds:
                sounds.append(_Sound(_GAP, at, at))
            sounds.append(_Sound(symbol, at if since < 0 else since, at + samples))
            since, paused = -1, False
        at += samples
    return sounds


def _align(expected: Sequence[str], heard: Sequence[str]) -> list[int]:
    """For each of `expected` the place in `heard` it became, or -1 where it was left out."""
    rows, columns = len(expected), len(heard)
    if (rows + 1) * (columns + 1) > _MOST_CELLS:
        return [row * columns // rows for row in range(rows)]
    codes = {symbol: code for code, symbol in enumerate(dict.fromkeys((_GAP, *expected, *heard)))}
    other = np.array([codes[symbol] for symbol in heard], np.int32)
    steps = np.arange(columns + 1, dtype=np.int32)
    costs = np.empty((rows + 1, columns + 1), np.int32)
    costs[0] = steps
    for row, symbol in enumerate(expected):
        code = codes[symbol]
        # A gap never becomes a sound: that would cost more than losing one and adding the other.
        change = np.where(other == code, 0, np.where((other == 0) | (code == 0), 3, 1))
        above = costs[row]
        best = above + 1
        np.minimum(best[1:], above[:-1] + change, out=best[1:])
        costs[row + 1] = np.minimum.accumulate(best - steps) + steps
    places = [-1] * rows
    row, column = rows, columns
    while row and column:
        here = costs[row, column]
        same = expected[row - 1] == heard[column - 1]
        gap = _GAP in (expected[row - 1], heard[column - 1])
        if here == costs[row - 1, column - 1] + (0 if same else 3 if gap else 1):
            row, column = row - 1, column - 1
            places[row] = column
        elif here == costs[row - 1, column] + 1:
            row -= 1
        else:
            column -= 1
    return places


def _bound(places: Sequence[int], heard: Sequence[_Sound], end: int) -> int:
    """Where in `heard` the word ends that ends at `end` in the expected sounds."""
    if places[end] >= 0:
        return places[end]
    least = next((place + 1 for place in reversed(places[:end]) if place >= 0), 0)
    most = next((place for place in places[end + 1 :] if place >= 0), len(heard))
    gaps = [place for place in range(least, most) if heard[place].symbol == _GAP]
    return gaps[0] if gaps else least


def _bounds(found: Sequence[int], letters: Sequence[int], words: int) -> list[int]:
    """Bounds of words as places among the letters; each word gets one, while there are enough."""
    inner = [int(np.searchsorted(letters, place)) for place in found]
    total = len(letters)
    for number, place in enumerate(inner, 1):
        before = inner[number - 2] if number > 1 else 0
        inner[number - 1] = min(max(place, before + 1), max(total - (words - number), number))
    return [min(place, total) for place in (0, *inner, total)]
