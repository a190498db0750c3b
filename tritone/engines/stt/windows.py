"""Cutting a recording into the windows that Whisper hears one at a time. Pure.

Whisper always hears 30 s, padded with silence, and pays for all of it: encoding is nine tenths of
the work for a short sentence. Its encoder takes fewer frames too, and transcribes as well down to
10 s (measured on whisper-base: the same words at 1,000 to 1,500 frames as at 3,000, loops below
800). So windows are only as long as their speech needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tritone.contract import SAMPLE_RATE
from tritone.engines.vad.endpoint import FRAME_SECONDS
from tritone.engines.vad.offline import Speech

__all__ = ["FRAMES_PER_SECOND", "FULL_FRAMES", "Window", "cut", "frames_for"]

FRAMES_PER_SECOND = 100
"""Whisper's features: one frame every 10 ms (https://arxiv.org/abs/2212.04356, section 2.2)."""
FULL_FRAMES = 3000
"""The window that Whisper was trained on, 30 s."""
SIZES = (1000, 1500, 2000, FULL_FRAMES)
"""Frames that windows are padded to. Few sizes, so that windows meet others to be decoded with."""
MARGIN = 50
"""Frames of silence left after the speech, without which the last word may be lost."""
PAD = 0.3
"""Seconds kept around speech: detection is late at soft first consonants and early at last ones."""
FAINT = 0.3
"""Probability from which a recording without certain speech is decoded all the same, and Whisper
judges. Noise, hum, clicks and silence stay below 0.2."""
IDEAL = (SIZES[0] - MARGIN) / FRAMES_PER_SECOND - 2 * PAD
"""Seconds of speech up to which pauses are kept inside a window: with its pads it then fits the
smallest size. 98 s of sentences take 0.023 of their time so, 0.049 in windows of 14 s and 0.062 in
27 s (whisper-base, two threads), with no more errors."""
LONGEST = 28.0
"""Seconds of the longest window; with margin it fits the full one."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a recording. Seconds from its start; speech lies strictly inside."""

    start: float
    end: float
    speech_start: float
    speech_end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def samples(self) -> slice:
        """Where the window lies in the recording's samples at 16 kHz."""
        return slice(round(self.start * SAMPLE_RATE), round(self.end * SAMPLE_RATE))


def frames_for(seconds: float) -> int:
    """The window size, in frames, for so much audio."""
    needed = round(seconds * FRAMES_PER_SECOND) + MARGIN
    return next((size for size in SIZES if size >= needed), FULL_FRAMES)


def cut(speech: Speech, duration: float) -> list[Window]:
    """Windows over all speech, in order and not overlapping; none where nobody speaks.

    Cuts fall into pauses, such that windows last up to `IDEAL` seconds or one stretch of speech;
    speech without a pause for `LONGEST` seconds is cut where Silero is least sure of it.
    """
    groups: list[tuple[float, float]] = []
    for start, end in _short(speech, duration):
        if groups and end - groups[-1][0] <= IDEAL:
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
    return _padded(groups, duration)


def _short(speech: Speech, duration: float) -> list[tuple[float, float]]:
    """The stretches of speech, those longer than a window cut at their weakest points."""
    out = []
    limit = LONGEST - 2 * PAD
    for start, end in speech.stretches or _faint(speech, duration):
        rest = start
        while end - rest > limit:
            split = _weakest(speech, rest + limit / 2, rest + limit)
            out.append((rest, split))
            rest = split
        out.append((rest, end))
    return out


def _faint(speech: Speech, duration: float) -> tuple[tuple[float, float], ...]:
    """From the first frame that may be speech to the last, where no frames surely are."""
    frames = np.flatnonzero(speech.probability >= FAINT)
    if not frames.size:
        return ()
    start, end = frames[0] * FRAME_SECONDS, (frames[-1] + 1) * FRAME_SECONDS
    return ((float(start), min(float(end), duration)),)


def _weakest(speech: Speech, after: float, before: float) -> float:
    """The moment in a span at which speech is least probable."""
    first, last = int(after / FRAME_SECONDS), int(before / FRAME_SECONDS)
    return (first + int(np.argmin(speech.probability[first:last]))) * FRAME_SECONDS


def _padded(groups: Sequence[tuple[float, float]], duration: float) -> list[Window]:
    """Gives each group `PAD` seconds on both sides, or half of the pause where it is shorter."""
    edges = [0.0, *(t for group in groups for t in group), duration]
    windows = []
    for i, (start, end) in enumerate(groups):
        before, after = edges[2 * i], edges[2 * i + 3]
        room_before = start - before if i == 0 else (start - before) / 2
        room_after = after - end if i == len(groups) - 1 else (after - end) / 2
        windows.append(
            Window(start - min(PAD, room_before), end + min(PAD, room_after), start, end)
        )
    return windows
