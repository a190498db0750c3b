"""The header of a WAV file, also of one whose length nobody knows yet.

Format: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
"""

import struct
from typing import Final

__all__ = ["HEADER_BYTES", "wav_header"]

HEADER_BYTES: Final = 44
_UNKNOWN: Final = 0xFFFFFFFF
"""What streams write for a size; players, libsndfile and Python's `wave` read on to the end."""
_PCM, _MONO, _BITS = 1, 1, 16


def wav_header(sample_rate: int, samples: int | None = None) -> bytes:
    """The bytes ahead of the samples of a mono file of signed 16 bit PCM.

    Args:
        sample_rate: Hz.
        samples: how many follow; None where that is not known, or too many for the format.
    """
    frame = _MONO * _BITS // 8
    data = _UNKNOWN if samples is None else samples * frame
    whole = data + HEADER_BYTES - 8
    if whole > _UNKNOWN:
        data = whole = _UNKNOWN
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        whole,
        b"WAVE",
        b"fmt ",
        16,
        _PCM,
        _MONO,
        sample_rate,
        sample_rate * frame,
        frame,
        _BITS,
        b"data",
        data,
    )
