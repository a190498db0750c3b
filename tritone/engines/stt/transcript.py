"""From tokens to what a reader wants: segments, and words with their times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from faster_whisper.tokenizer import Tokenizer

from tritone.engines.stt.checks import Decoding, compression_ratio
from tritone.engines.stt.windows import Window
from tritone.messages import Segment, Word

__all__ = ["Piece", "pieces", "segment", "words"]

TIME_STEP = 0.02
"""Seconds between two tokens of time."""
_CLOSING = frozenset("\"'.。,，!！?？:：;)]}、”’")  # noqa: RUF001 - full width marks are meant
"""Marks that belong to the word before them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text tokens and when, in seconds from the recording's start, it is said."""

    start: float
    end: float
    tokens: tuple[int, ...]


def pieces(decoding: Decoding, window: Window, tokenizer: Tokenizer) -> list[Piece]:
    """The sentences of a window by its tokens of time, or all of it as one where there are none.

    Times never leave the window's speech: the decoder's guess of an end may lie far outside.
    """
    found = []
    opened, tokens = window.speech_start, list[int]()
    for token in decoding.tokens:
        if token < tokenizer.timestamp_begin:
            tokens.append(token)
            continue
        at = window.start + (token - tokenizer.timestamp_begin) * TIME_STEP
        if tokens:
            found.append(_piece(window, opened, at, tokens))
            tokens = []
        opened = at
    if tokens:
        found.append(_piece(window, opened, window.speech_end, tokens))
    return found


def _piece(window: Window, start: float, end: float, tokens: Sequence[int]) -> Piece:
    start = _within(window, start)
    return Piece(start, max(start, _within(window, end)), tuple(tokens))


def _within(window: Window, at: float) -> float:
    """The moment of the window's speech that is nearest to a guess, to the millisecond."""
    return round(min(max(at, window.speech_start), window.speech_end), 3)


def segment(
    piece: Piece, decoding: Decoding, tokenizer: Tokenizer, spoken: Iterable[Word] = ()
) -> Segment:
    """One segment of the transcript."""
    return Segment(
        start=piece.start,
        end=piece.end,
        text=tokenizer.decode(list(piece.tokens)).strip(),
        no_speech_prob=round(decoding.no_speech_prob, 4),
        avg_logprob=round(decoding.avg_logprob, 4),
        compression_ratio=round(compression_ratio(decoding.text), 4),
        temperature=round(decoding.temperature, 4),
        tokens=piece.tokens,
        words=tuple(spoken),
    )


def words(
    tokens: Sequence[int],
    starts: npt.NDArray[np.float64],
    probabilities: Sequence[float],
    window: Window,
    tokenizer: Tokenizer,
) -> Iterator[tuple[int, Word]]:
    """Each word, with the index of its first token.

    Args:
        tokens: text tokens of the window.
        starts: when each starts, seconds from the window's start; one more, for the end.
        probabilities: of each token.
        window: where the times count from.
        tokenizer: of the language spoken.
    """
    first = 0
    for text, length in _whole_words(tokens, tokenizer):
        last = first + length
        start, end = (_within(window, window.start + float(starts[i])) for i in (first, last))
        yield (
            first,
            Word(
                word=text.strip(),
                start=start,
                end=max(start, end),
                probability=round(float(np.mean(probabilities[first:last])), 4),
            ),
        )
        first = last


def _whole_words(tokens: Sequence[int], tokenizer: Tokenizer) -> list[tuple[str, int]]:
    """Words with their punctuation, and how many tokens each of them takes."""
    out: list[tuple[str, int]] = []
    texts, groups = tokenizer.split_to_word_tokens(list(tokens))
    for text, group in zip(texts, groups, strict=True):
        if out and text.strip() and set(text.strip()) <= _CLOSING:
            out[-1] = (out[-1][0] + text, out[-1][1] + len(group))
        else:
            out.append((text, len(group)))
    return out
