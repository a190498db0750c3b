"""Audio files: any recording in, WAV out while its samples arrive."""

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
import numpy.typing as npt

from tritone.errors import AudioEmpty, InvalidInput, SetupError

__all__ = ["Recording", "WavWriter", "read_recording"]


@dataclass(frozen=True, slots=True)
class Recording:
    """Mono samples in [-1, 1] and their rate in Hz."""

    samples: npt.NDArray[np.float32]
    sample_rate: int

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.sample_rate


def read_recording(path: Path) -> Recording:
    """Reads WAV, FLAC, Ogg, MP3 and whatever else libsndfile knows; channels are averaged.

    Raises:
        InvalidInput: it is no recording.
        AudioEmpty: it holds no samples.
    """
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        reason = str(error).rsplit(": ", 1)[-1].rstrip(".")
        raise InvalidInput(
            f"'{path}' cannot be read as audio ({reason}): use WAV, FLAC, Ogg or MP3"
        ) from None
    if not len(samples):
        raise AudioEmpty(f"'{path}' holds no audio")
    return Recording(np.ascontiguousarray(samples.mean(axis=1, dtype=np.float32)), int(rate))


class WavWriter:
    """A WAV file that is whole after every piece, so that it can be played while it grows.

    The file is made with the first piece: a turn that fails before leaves an older file alone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sample_rate = 0
        self.samples = 0
        self._file: BinaryIO | None = None
        self._wav: Any = None

    @property
    def duration(self) -> float:
        """Seconds written so far."""
        return self.samples / self.sample_rate if self.sample_rate else 0.0

    def write(self, samples: npt.NDArray[np.int16], sample_rate: int) -> None:
        """Appends mono samples.

        Raises:
            SetupError: the file cannot be written.
            InvalidInput: the rate is not that of the pieces before.
        """
        if self._wav is not None and sample_rate != self.sample_rate:
            raise InvalidInput(f"the audio changed from {self.sample_rate} to {sample_rate} Hz")
        try:
            if self._wav is None or self._file is None:
                self._wav, self._file = self._open(sample_rate)
            self._wav.writeframes(samples.astype("<i2", copy=False).tobytes())
            self._file.flush()
        except OSError as error:
            raise SetupError(f"cannot write '{self.path}': {error.strerror}") from None
        self.samples += len(samples)

    def _open(self, sample_rate: int) -> tuple[wave.Wave_write, BinaryIO]:
        file = self.path.open("wb")
        wav = wave.open(file, "wb")  # noqa: SIM115 - closed by close()
        wav.setparams((1, 2, sample_rate, 0, "NONE", "not compressed"))
        self.sample_rate = sample_rate
        return wav, file

    def close(self) -> None:
        """Ends the file, if there is one."""
        if self._wav is not None and self._file is not None:
            self._wav.close()
            self._file.close()
            self._wav = self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
