"""From the length of each phoneme id to what an avatar needs: phonemes, visemes, seconds."""

import dataclasses
import itertools
from collections.abc import Iterable, Sequence

from tritone.engines.tts.visemes import (
    AFFRICATES,
    SILENCE,
    STRESS_MARKS,
    SUFFIX_MARKS,
    viseme_of,
)
from tritone.messages import Timing

__all__ = ["BEGIN", "END", "PAD", "Sound", "fold", "in_seconds", "share_out"]

PAD, BEGIN, END = "_", "^", "$"
"""Piper's symbols around phonemes: between any two, before the first, after the last."""

_UNKNOWN = "E"  # half open: the least wrong shape for a sound that the table does not know


@dataclasses.dataclass(slots=True)
class Sound:
    """A phoneme with its marks, and its length in samples. Silence is written as punctuation."""

    phoneme: str
    viseme: str
    samples: int


def fold(lengths: Iterable[tuple[str, int]]) -> list[Sound]:
    """Joins symbols into sounds; no sample is lost.

    `lengths` holds each symbol with its samples. Stress marks go to the sound behind them,
    other marks, padding and the gap between words to the sound before (a mouth does not close
    between words), affricates become one sound, and neighbouring punctuation one silence.
    """
    sounds: list[Sound] = []
    mark, ahead = "", 0
    for symbol, samples in lengths:
        last = sounds[-1] if sounds else None
        if symbol in STRESS_MARKS:
            mark, ahead = mark + symbol, ahead + samples
        elif mark and symbol in (PAD, " "):
            ahead += samples
        elif last and symbol in (PAD, " "):
            last.samples += samples
        elif last and not mark and symbol in SUFFIX_MARKS:
            last.phoneme, last.samples = last.phoneme + symbol, last.samples + samples
        else:
            shape = viseme_of(symbol) or _UNKNOWN
            written = "" if symbol in (PAD, BEGIN, END, " ") else symbol
            sound = Sound(mark + written, shape, ahead + samples)
            mark, ahead = "", 0
            if last is None or not _join(last, sound):
                sounds.append(sound)
    if ahead and sounds:
        sounds[-1].samples += ahead
    elif ahead:
        sounds.append(Sound("", SILENCE, ahead))
    return sounds


def _join(last: Sound, sound: Sound) -> bool:
    """Adds `sound` to the one before where both are silence or together an affricate."""
    pair = last.phoneme.lstrip("".join(STRESS_MARKS)) + sound.phoneme
    if last.viseme != sound.viseme or sound.viseme != SILENCE:
        if pair not in AFFRICATES:
            return False
        last.viseme = AFFRICATES[pair]
    last.phoneme += sound.phoneme
    last.samples += sound.samples
    return True


def share_out(samples: int, places: int) -> list[int]:
    """Splits `samples` evenly over `places`: the timing of a voice that tells no lengths."""
    marks = [samples * place // places for place in range(places + 1)]
    return [end - start for start, end in itertools.pairwise(marks)]


def in_seconds(
    sounds: Sequence[Sound], cut: int, keep: int, sample_rate: int
) -> tuple[Timing, ...]:
    """Start and end of each sound after `cut` samples were taken off the front.

    `keep` samples are left. Timings run from 0 to the audio's end without a gap.
    """
    timings = []
    at = -cut
    for sound in sounds:
        start, end = max(at, 0), min(at + sound.samples, keep)
        at += sound.samples
        if end > start:
            timings.append(
                Timing(
                    phoneme=sound.phoneme,
                    viseme=sound.viseme,
                    start=round(start / sample_rate, 6),
                    end=round(end / sample_rate, 6),
                )
            )
    return tuple(timings)
