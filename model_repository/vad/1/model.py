"""Voice activity detection: Silero over many streams. Rules are in config.pbtxt."""

from collections.abc import Iterable, Sequence

from tritone.backend import Options, Sequenced, Step
from tritone.contract import VAD, VadResponse
from tritone.engines.vad.endpoint import Endpointing
from tritone.engines.vad.silero import Silero
from tritone.errors import TritoneError


class TritonPythonModel(Sequenced):
    contract = VAD

    def load(self, options: Options) -> None:
        rules = Endpointing(
            threshold=options.real("threshold", 0.5),
            release=options.real("release", 0.35),
            min_speech=options.real("min_speech", 0.1),
            min_silence=options.real("min_silence", 0.4),
        )
        self.engine = Silero(
            options.weights(), rules, max_streams=options.integer("max_streams", 1024)
        )

    def run(self, batch: Sequence[Step]) -> Iterable[tuple[int, VadResponse | TritoneError]]:
        return enumerate(self.engine.step(batch))
