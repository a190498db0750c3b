"""Triton model `tts`: Piper. This process, and no other, loads piper-tts (GPL-3.0)."""

from collections.abc import Iterable, Sequence

from tritone.backend import Batched, Options
from tritone.contract import TTS, TtsRequest, TtsResponse
from tritone.engines.tts.piper import Piper
from tritone.errors import TritoneError


class TritonPythonModel(Batched):
    contract = TTS

    def load(self, options: Options) -> None:
        voices = tuple(options.all_weights().values())
        self.engine = Piper(voices, threads=options.integer("threads", 1))

    def run(self, batch: Sequence[TtsRequest]) -> Iterable[tuple[int, TtsResponse | TritoneError]]:
        return self.engine.speak_each(batch)
