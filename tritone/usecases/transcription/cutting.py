"""Where to cut a recording, from the speech probability of its frames. Pure.

Long silences are left out. Speech is cut in pauses into spans of nine seconds, which is what `stt`
hears at its cheapest, and what nobody else waits long for. Where nobody pauses, spans grow to half
a minute, then overlap at the weakest moment, and `seams` finds out which words were heard twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tritone.contract import SAMPLE_RATE

__all__ = ["FRAME", "LONGEST", "OVERLAP", "Cutter", "Span"]

Floats = npt.NDArray[np.float64]

FRAME = 512
"""Samples of a frame, 32 ms: what `vad` gives a probability for."""


def _frames(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE / FRAME)


FAINT = 0.25
"""Probability from which a frame may be speech. Noise, hum and clicks stay below 0.2."""
UNSURE = 0.35
"""Probability below which a frame within speech belongs to a pause."""
PAD = _frames(0.5)
"""Kept of a silence around speech: detection is late at soft beginnings and early at ends."""
SILENCE = _frames(3.0)
"""A silence that is left out. Shorter ones stay, for pauses tell sentences apart."""
LONG_PAUSE = _frames(0.4)
"""A pause at which a sentence or a clause ends, mostly."""
PAUSE = _frames(0.2)
"""The shortest pause between words that is surely no stop within one ("ma-p-ping")."""
LONGEST = _frames(27.0)
"""A span's length at most. `stt` hears up to 27.4 s of speech in one window; more than a window
it would cut by itself, without an overlap."""
LOOKS = ((_frames(5.0), _frames(9.0)), (_frames(9.0), _frames(18.0)), (_frames(18.0), LONGEST))
"""Where a pause is looked for, when a span has grown so long. `stt` has windows of ten seconds,
which hold nine of speech (`tritone.engines.stt.windows`)."""
WEAKEST = _frames(15.0)
"""From where a cut without a pause is made."""
OVERLAP = _frames(1.5)
"""Heard on both sides of a cut without a pause: four words or more."""
SMOOTH = 5
"""Frames over which a moment's probability is averaged, to find the weakest."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a recording, in frames, and the cuts that it reaches over."""

    start: int
    end: int
    seam_before: int | None = None
    seam_after: int | None = None


class Cutter:
    """Takes probabilities as they come, and gives spans as soon as their ends are known."""

    def __init__(self) -> None:
        self._heard = 0
        self._quiet = 0  # frames since the last that may be speech
        self._begin: int | None = None  # of the span that is open
        self._seam: int | None = None  # that the open span reaches back over
        self._free = 0  # the first frame that is in no span
        self._recent: list[float] = []  # probabilities from `_begin` on

    @property
    def needed_from(self) -> int:
        """The first frame that a span to come may hold."""
        return max(self._free, self._heard - PAD) if self._begin is None else self._begin

    def feed(self, probabilities: Iterable[float]) -> Iterator[Span]:
        """The spans that these frames complete."""
        for probability in probabilities:
            self._heard += 1
            self._quiet = 0 if probability >= FAINT else self._quiet + 1
            if self._begin is not None:
                self._recent.append(probability)
                yield from self._go_on(self._begin)
            elif probability >= FAINT:
                begin = self._begin = max(self._free, self._heard - 1 - PAD)
                self._seam = None
                self._recent = [0.0] * (self._heard - 1 - begin) + [probability]

    def finish(self) -> Iterator[Span]:
        """The recording is over: the span that was open ends with it, or where speech faded."""
        if self._begin is not None:
            yield self._close(self._begin)

    def _go_on(self, begin: int) -> Iterator[Span]:
        if self._quiet >= SILENCE:
            yield self._close(begin)
        else:
            for after, now in LOOKS:
                if self._heard - begin == now:
                    yield from self._look(begin, after)

    def _close(self, begin: int) -> Span:
        end = min(self._heard, self._heard - self._quiet + PAD)
        span = Span(begin, end, seam_before=self._seam)
        self._begin, self._free = None, end
        return span

    def _look(self, begin: int, after: int) -> Iterator[Span]:
        """Ends the span in a pause, or anyhow when it has grown too long, and opens the next."""
        probability = np.array(self._recent)
        pause = _best_pause(probability, after)
        if pause is not None:
            cut = begin + pause
            span = Span(begin, cut, seam_before=self._seam)
            self._next(begin, cut)
            yield span
        elif self._heard - begin >= LONGEST:
            cut = begin + _weakest(probability, WEAKEST, LONGEST - OVERLAP)
            span = Span(begin, cut + OVERLAP, seam_before=self._seam, seam_after=cut)
            self._next(begin, cut - OVERLAP, seam=cut)
            yield span

    def _next(self, begin: int, start: int, seam: int | None = None) -> None:
        """Goes on from `start`, if anything was heard since."""
        spoken = self._heard - self._quiet > start
        self._free = start
        self._begin = start if spoken else None
        self._seam = seam
        self._recent = self._recent[start - begin :]


def _best_pause(probability: Floats, after: int) -> int | None:
    """The middle of the last long pause that begins after a frame, or of the longest short one."""
    quiet = np.concatenate(([False], probability[after:] < UNSURE, [False]))
    starts, ends = np.flatnonzero(quiet[1:] & ~quiet[:-1]), np.flatnonzero(quiet[:-1] & ~quiet[1:])
    lengths = ends - starts
    if not lengths.size or lengths.max() < PAUSE:
        return None
    long = np.flatnonzero(lengths >= LONG_PAUSE)
    best = int(long[-1]) if long.size else int(np.argmax(lengths))
    return after + int(starts[best] + ends[best]) // 2


def _weakest(probability: Floats, after: int, before: int) -> int:
    """The frame around which speech is least probable."""
    smooth = np.convolve(probability, np.full(SMOOTH, 1 / SMOOTH), mode="same")
    return after + int(np.argmin(smooth[after:before]))
