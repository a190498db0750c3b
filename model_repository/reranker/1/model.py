"""Triton model `reranker`: late interaction, or a cross-encoder for those who have weights."""

from collections.abc import Iterable, Sequence

from tritone.backend import Batched, Options
from tritone.contract import RERANKER, RerankRequest, RerankResponse
from tritone.engines.embed.minilm import MiniLm
from tritone.engines.rerank import Reranker
from tritone.engines.rerank.cross_encoder import CrossEncoder
from tritone.engines.rerank.late_interaction import LateInteraction
from tritone.errors import SetupError, TritoneError


class TritonPythonModel(Batched):
    contract = RERANKER

    def load(self, options: Options) -> None:
        engine = options.text("engine", "late_interaction")
        threads = options.integer("threads", 1)
        self.engine: Reranker
        if engine == "late_interaction":
            self.engine = LateInteraction(MiniLm(options.weights(), threads))
        elif engine == "cross_encoder":
            self.engine = CrossEncoder(options.weights(), threads)
        else:
            raise SetupError(
                f"reranker engine '{engine}' is none of: late_interaction, cross_encoder"
            )

    def run(
        self, batch: Sequence[RerankRequest]
    ) -> Iterable[tuple[int, RerankResponse | TritoneError]]:
        return enumerate(self.engine.rerank(batch))
