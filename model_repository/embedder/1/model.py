"""Triton model `embedder`: all-MiniLM-L6-v2."""

from collections.abc import Iterable, Sequence

from tritone.backend import Batched, Options
from tritone.contract import EMBEDDER, EmbedRequest, EmbedResponse
from tritone.engines.embed.minilm import MiniLm
from tritone.errors import TritoneError


class TritonPythonModel(Batched):
    contract = EMBEDDER

    def load(self, options: Options) -> None:
        self.engine = MiniLm(options.weights(), threads=options.integer("threads", 1))

    def run(
        self, batch: Sequence[EmbedRequest]
    ) -> Iterable[tuple[int, EmbedResponse | TritoneError]]:
        return enumerate(self.engine.embed(batch))
