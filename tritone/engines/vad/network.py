"""Silero's network: frames in, speech probabilities out, for many streams at once.

Silero exports the same network in two shapes, told apart by their inputs:

* batched (`input, state[, sr]`): one frame of many streams a call. 54 µs a frame at 32 streams.
* sequential (`input, h, c`): many frames of one stream a call. 55 µs a frame at 32 frames, but
  87 µs where each stream brings only one.

Source: https://github.com/snakers4/silero-vad (MIT).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from tritone.contract import SAMPLE_RATE
from tritone.engines.audio import Samples
from tritone.engines.vad.endpoint import FRAME
from tritone.errors import WeightsMissing

__all__ = ["Memory", "Network", "open_network"]

Floats = npt.NDArray[np.float32]

CONTEXT = 64
"""Samples of the frame before that the network reads in front of each frame, at 16 kHz."""
HIDDEN = 128
"""Width of the network's LSTM."""


class Memory:
    """What the network remembers of one stream: its LSTM state and the last samples."""

    __slots__ = ("context", "state")

    def __init__(self) -> None:
        self.state: Floats = np.zeros((2, 1, HIDDEN), np.float32)
        self.context: Floats = np.zeros(CONTEXT, np.float32)

    def frames(self, samples: Samples) -> Floats:
        """Whole frames as the network reads them, each with its context: (n, CONTEXT + FRAME)."""
        joined = np.concatenate((self.context, samples))
        self.context = joined[-CONTEXT:]
        windows = np.lib.stride_tricks.sliding_window_view(joined, CONTEXT + FRAME)
        return np.ascontiguousarray(windows[::FRAME])


class Network(ABC):
    """The weights, shared by all streams."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def probabilities(self, samples: Sequence[Samples], memories: Sequence[Memory]) -> list[Floats]:
        """The speech probability of every frame of every stream.

        Args:
            samples: for each stream, a whole number of frames: shape (n * FRAME,), n may be 0.
            memories: for each stream, what `probabilities` left there before; updated in place.

        Returns:
            For each stream, shape (n,), float32 in 0 to 1.
        """
        frames = [
            memory.frames(audio) if audio.size else np.empty((0, CONTEXT + FRAME), np.float32)
            for audio, memory in zip(samples, memories, strict=True)
        ]
        return self._run(frames, memories)

    @abstractmethod
    def _run(self, frames: Sequence[Floats], memories: Sequence[Memory]) -> list[Floats]: ...


class _Batched(Network):
    """One call for each step in time, with a row for every stream that still has a frame."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        named = {item.name for item in session.get_inputs()}
        self._rate = {"sr": np.array(SAMPLE_RATE, np.int64)} if "sr" in named else {}

    def _run(self, frames: Sequence[Floats], memories: Sequence[Memory]) -> list[Floats]:
        out = [np.empty(len(rows), np.float32) for rows in frames]
        for step in range(max((len(rows) for rows in frames), default=0)):
            live = [i for i, rows in enumerate(frames) if step < len(rows)]
            feed = {
                "input": np.stack([frames[i][step] for i in live]),
                "state": np.concatenate([memories[i].state for i in live], axis=1),
            }
            probability, state = self._session.run(None, feed | self._rate)
            for row, i in enumerate(live):
                out[i][step] = probability[row, 0]
                memories[i].state = state[:, row : row + 1]
        return out


class _Sequential(Network):
    """One call for each stream, with all of its frames."""

    def _run(self, frames: Sequence[Floats], memories: Sequence[Memory]) -> list[Floats]:
        return [
            self._run_one(rows, memory) if len(rows) else np.empty(0, np.float32)
            for rows, memory in zip(frames, memories, strict=True)
        ]

    def _run_one(self, rows: Floats, memory: Memory) -> Floats:
        h, c = memory.state[:1], memory.state[1:]
        probability, h, c = self._session.run(None, {"input": rows, "h": h, "c": c})
        memory.state = np.concatenate((h, c))
        return np.asarray(probability, np.float32).reshape(-1)


def open_network(weights: Path) -> Network:
    """Loads the ONNX file in a weights folder, on one thread: a frame is too small to share.

    Raises:
        WeightsMissing: the folder has no `.onnx` file.
    """
    found = sorted(weights.glob("*.onnx"))
    if not found:
        raise WeightsMissing(f"no .onnx file of Silero VAD in {weights}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors: the export has initializers that it does not use
    session = onnxruntime.InferenceSession(
        str(found[0]), options, providers=["CPUExecutionProvider"]
    )
    inputs = {item.name for item in session.get_inputs()}
    return _Batched(session) if "state" in inputs else _Sequential(session)
