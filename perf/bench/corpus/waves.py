"""Recordings on the disk: 16 kHz, mono, signed 16 bit WAV files, written whole or not at all."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tritone.contract import SAMPLE_RATE

__all__ = ["Pcm", "floats", "length", "read", "write"]

Pcm = npt.NDArray[np.int16]
"""Mono PCM at 16 kHz, shape (samples,)."""


def write(path: Path, samples: Pcm) -> None:
    """Writes a recording; a reader finds all of it, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    partial.replace(path)


def read(path: Path) -> Pcm:
    """The samples of a recording that `write` wrote."""
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)


def floats(path: Path) -> npt.NDArray[np.float32]:
    """The samples of a recording in [-1, 1], shape (samples,)."""
    return read(path).astype(np.float32) / np.float32(32_768)


def length(path: Path) -> float:
    """Seconds of a recording, from its header."""
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()
