"""Speech to text: Whisper. Weights, threads and limits are in config.pbtxt."""

from collections.abc import Iterable, Sequence

from tritone.backend import Batched, Options
from tritone.contract import STT, SttRequest, SttResponse
from tritone.engines.stt.whisper import Whisper
from tritone.errors import TritoneError


class TritonPythonModel(Batched):
    contract = STT

    def load(self, options: Options) -> None:
        weights, vad = options.all_weights().values()
        self.engine = Whisper(
            weights,
            vad,
            threads=options.integer("threads", 1),
            max_seconds=options.real("max_seconds", 600.0),
        )

    def run(self, batch: Sequence[SttRequest]) -> Iterable[tuple[int, SttResponse | TritoneError]]:
        return self.engine.answers(batch)
