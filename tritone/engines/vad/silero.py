"""Silero VAD over many streams: state by stream, one step of all streams together."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tritone.contract import VadResponse
from tritone.engines.audio import Samples, check_samples
from tritone.engines.vad import Chunk, VoiceActivity
from tritone.engines.vad.endpoint import FRAME, Endpointer, Endpointing
from tritone.engines.vad.network import Memory, open_network
from tritone.errors import InvalidInput, TritoneError
from tritone.messages import encode

__all__ = ["Silero"]


class _Stream:
    """Everything that is known of one stream."""

    __slots__ = ("endpointer", "memory", "rest")

    def __init__(self, rules: Endpointing) -> None:
        self.memory = Memory()
        self.endpointer = Endpointer(rules)
        self.rest: Samples = np.empty(0, np.float32)

    def whole_frames(self, audio: Samples) -> Samples:
        """Takes a chunk in; gives the whole frames there are, and keeps what remains."""
        joined = np.concatenate((self.rest, audio))
        cut = joined.size - joined.size % FRAME
        self.rest = joined[cut:]
        return joined[:cut]


class Silero(VoiceActivity):
    """Silero VAD on the CPU.

    Args:
        weights: folder with the ONNX file.
        rules: when speech starts and ends.
        max_streams: most streams remembered; beyond it the one heard of least recently is
            forgotten. A stream costs about 4 kB.

    Raises:
        WeightsMissing: the folder has no ONNX file.
    """

    def __init__(
        self, weights: Path, rules: Endpointing | None = None, *, max_streams: int = 1024
    ) -> None:
        self._network = open_network(weights)
        self._rules = rules or Endpointing()
        self._max_streams = max_streams
        self._streams: OrderedDict[int, _Stream] = OrderedDict()

    @property
    def streams(self) -> int:
        """How many streams are remembered."""
        return len(self._streams)

    def step(self, batch: Sequence[Chunk]) -> list[VadResponse | TritoneError]:
        """Hears one chunk of each stream; see `VoiceActivity.step`.

        Results that are errors:
            AudioNotFinite: a sample is NaN or infinite.
            ParameterOutOfRange: the samples are not in [-1, 1].
            InvalidInput: the stream is not open: it never started, ended, or was forgotten.
        """
        results: dict[int, VadResponse | TritoneError] = {}
        for turn in _turns(batch):
            results.update(self._hear(batch, turn))
        return [results[i] for i in range(len(batch))]

    def _hear(
        self, batch: Sequence[Chunk], turn: Sequence[int]
    ) -> dict[int, VadResponse | TritoneError]:
        """One chunk of each of several different streams, named by their place in the batch."""
        results: dict[int, VadResponse | TritoneError] = {}
        live: list[tuple[int, _Stream, Samples]] = []
        for i in turn:
            try:
                stream = self._open(batch[i])
                check_samples(batch[i].request.audio)
                live.append((i, stream, stream.whole_frames(batch[i].request.audio)))
            except TritoneError as error:
                results[i] = error
        heard = self._network.probabilities(
            [audio for _, _, audio in live], [stream.memory for _, stream, _ in live]
        )
        for (i, stream, _), probability in zip(live, heard, strict=True):
            events = stream.endpointer.feed(probability.tolist())
            if batch[i].end:
                events += stream.endpointer.finish()
            results[i] = VadResponse(
                probability=probability,
                speaking=stream.endpointer.speaking,
                events=encode(events),
            )
        for i in turn:
            if batch[i].end:
                self._streams.pop(batch[i].stream, None)
        return results

    def _open(self, chunk: Chunk) -> _Stream:
        stream = None if chunk.start else self._streams.get(chunk.stream)
        if stream is None:
            if not chunk.start:
                raise InvalidInput(
                    f"stream {chunk.stream} is not open: mark its first chunk as the sequence's "
                    "start (a stream is forgotten when it ends, or after a long silence)"
                )
            stream = self._streams[chunk.stream] = _Stream(self._rules)
        self._streams.move_to_end(chunk.stream)
        while len(self._streams) > self._max_streams:
            self._streams.popitem(last=False)
        return stream


def _turns(batch: Sequence[Chunk]) -> Iterator[list[int]]:
    """Places in the batch such that no stream comes twice in one turn, its chunks in order.

    Triton never puts two chunks of a sequence into one batch; a caller in process may.
    """
    waiting = list(range(len(batch)))
    while waiting:
        turn: dict[int, int] = {}
        for i in waiting:
            turn.setdefault(batch[i].stream, i)
        chosen = sorted(turn.values())
        yield chosen
        waiting = [i for i in waiting if i not in turn.values()]
