"""How one recording differs from another: nobody speaks at one speed, in one room, at one level."""

import zlib
from typing import Final

import msgspec
import numpy as np

__all__ = ["VARIANTS", "Spoken", "Variation", "drawn_variation"]

VARIANTS: Final = 4
"""Ways in which a text may be spoken, so that recordings can be kept from run to run."""


class Variation(msgspec.Struct, frozen=True, kw_only=True):
    """How one text is spoken.

    Attributes:
        speed: 1 is the voice's own.
        prosody: seed of the voice's rhythm and intonation, not 0.
        before, after: seconds of pause around the speech.
        peak: greatest amplitude of the speech, of 1.
        noise: RMS of the white noise under all of it, of 1; a room is never digitally silent.
        seed: of the noise.
    """

    speed: float
    prosody: int
    before: float
    after: float
    peak: float
    noise: float
    seed: int


class Spoken(msgspec.Struct, frozen=True):
    """What the process that speaks is told: a text to be spoken into a file."""

    text: str
    path: str
    variation: Variation


def drawn_variation(text: str, variant: int) -> Variation:
    """The variation of a text; the same for the same text and variant, on any machine.

    Speed is 0.88 to 1.15; pauses are 0.15 to 0.4 s before and 0.2 to 0.5 s after, as an endpointer
    leaves them; the noise is at -66 to -50 dBFS, evenly in dB.
    """
    draw = np.random.Generator(np.random.PCG64([zlib.crc32(text.encode()), variant]))
    return Variation(
        speed=round(float(draw.uniform(0.88, 1.15)), 3),
        prosody=int(draw.integers(1, 2**31)),
        before=round(float(draw.uniform(0.15, 0.4)), 3),
        after=round(float(draw.uniform(0.2, 0.5)), 3),
        peak=round(float(draw.uniform(0.3, 0.7)), 3),
        noise=round(float(10 ** (draw.uniform(-66.0, -50.0) / 20)), 6),
        seed=int(draw.integers(2**31)),
    )
