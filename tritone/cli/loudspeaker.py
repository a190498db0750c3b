"""Plays audio while it arrives."""

import contextlib
import queue
import threading
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tritone.cli.sound import sounddevice
from tritone.errors import SetupError

__all__ = ["Loudspeaker"]


class Loudspeaker:
    """The default output device; plays in a thread of its own, so that writing never waits.

    Leaving its block waits for the end of what was written, unless an error leaves it.

    Raises:
        SetupError: there is no way to play sound.
    """

    def __init__(self) -> None:
        self._library = sounddevice()
        try:
            self._library.query_devices(kind="output")
        except self._library.PortAudioError as error:
            raise SetupError(f"no loudspeaker: {error}; leave out --play") from None
        self._pieces: queue.SimpleQueue[tuple[npt.NDArray[np.int16], int] | None] = (
            queue.SimpleQueue()
        )
        self._stream: Any = None
        self._thread = threading.Thread(target=self._play, name="loudspeaker", daemon=True)

    def write(self, samples: npt.NDArray[np.int16], sample_rate: int) -> None:
        """Plays after what was written before."""
        self._pieces.put((samples, sample_rate))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._pieces.put(None)
        if kind is not None and self._stream is not None:
            self._stream.abort()
        self._thread.join(timeout=None if kind is None else 1)

    def _play(self) -> None:
        # A device that goes away ends the playing, not the turn: the file has the audio.
        with contextlib.suppress(self._library.PortAudioError):
            while (piece := self._pieces.get()) is not None:
                samples, rate = piece
                if self._stream is None:
                    self._stream = self._library.OutputStream(
                        samplerate=rate, channels=1, dtype="int16"
                    )
                    self._stream.start()
                self._stream.write(np.ascontiguousarray(samples).reshape(-1, 1))
            if self._stream is not None:
                self._stream.stop()
                self._stream.close()
