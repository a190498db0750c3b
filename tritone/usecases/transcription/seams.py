"""Two transcripts that overlap, made one: no word is lost, none is written twice. Pure.

Both heard the words around the cut. The longest run of words that they agree on is looked for, and
the transcripts are joined in its middle, far from the edges where each of them heard only parts of
words. Where they agree on nothing, words belong to the side of the cut that they are spoken on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from tritone.messages import Segment, Word

__all__ = ["agree", "keep", "not_before"]

REACH = 2.5
"""Seconds around the cut in which words are compared: the overlap, and times that are off."""
APART = 0.8
"""Seconds that two hearings of one word may be apart."""


def agree(before: Sequence[Word], after: Sequence[Word], cut: float) -> tuple[int, int]:
    """How many words of `before` are kept, and how many of `after` are left out.

    Args:
        before: words of the transcript that ends after the cut.
        after: words of the transcript that begins before it.
        cut: seconds; times of the words count from the same moment.
    """
    tail = [i for i, word in enumerate(before) if word.end > cut - REACH]
    head = [j for j, word in enumerate(after) if word.start < cut + REACH]
    best = max(
        (_run(before, after, i, j) for i in tail for j in head if _same(before[i], after[j])),
        key=lambda run: (run.length, -abs(run.middle(before) - cut)),
        default=None,
    )
    if best is not None:
        half = (best.length + 1) // 2
        return best.i + half, best.j + half
    kept = sum(_middle(word) < cut for word in before)
    dropped = sum(_middle(word) < cut for word in after)
    return kept, dropped


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that both transcripts have, one after the other."""

    i: int
    j: int
    length: int

    def middle(self, before: Sequence[Word]) -> float:
        return (before[self.i].start + before[self.i + self.length - 1].end) / 2


def _run(before: Sequence[Word], after: Sequence[Word], i: int, j: int) -> _Run:
    length = 0
    while i + length < len(before) and j + length < len(after):
        if not _same(before[i + length], after[j + length]):
            break
        length += 1
    return _Run(i, j, length)


def _same(one: Word, other: Word) -> bool:
    return abs(_middle(one) - _middle(other)) <= APART and _plain(one.word) == _plain(other.word)


def _plain(word: str) -> str:
    return re.sub(r"[^\w]", "", word.casefold()) or word


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def keep(segments: Sequence[Segment], first: int, last: int) -> tuple[Segment, ...]:
    """The segments with the words from `first` up to `last` only, counted through all of them."""
    kept = []
    at = 0
    for segment in segments:
        count = len(segment.words)
        start, end = max(0, first - at), min(count, last - at)
        at += count
        if start == 0 and end == count:
            kept.append(segment)
        elif start < end:
            kept.append(_part(segment, start, end))
    return tuple(kept)


def not_before(segments: Sequence[Segment], moment: float) -> tuple[Segment, ...]:
    """The segments with no time before a moment: two hearings of a word differ a little."""
    return tuple(
        msgspec.structs.replace(
            _late(segment, moment), words=tuple(_late(word, moment) for word in segment.words)
        )
        for segment in segments
    )


Timed = TypeVar("Timed", Segment, Word)


def _late(timed: Timed, moment: float) -> Timed:
    if timed.start >= moment:
        return timed
    return msgspec.structs.replace(timed, start=moment, end=max(timed.end, moment))


def _part(segment: Segment, start: int, end: int) -> Segment:
    """A segment of some of its words. Which tokens they are is not known."""
    words = segment.words[start:end]
    edges = _places(segment)
    return msgspec.structs.replace(
        segment,
        start=segment.start if start == 0 else words[0].start,
        end=segment.end if end == len(segment.words) else words[-1].end,
        text=segment.text[edges[start] : edges[end]].strip(),
        tokens=(),
        words=words,
    )


def _places(segment: Segment) -> list[int]:
    """Where each word begins in the segment's text, and the text's end."""
    places, at = [], 0
    for word in segment.words:
        found = segment.text.find(word.word, at)
        at = found if found >= 0 else at
        places.append(at)
        at += len(word.word) if found >= 0 else 0
    return [*places, len(segment.text)]
