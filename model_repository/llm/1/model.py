"""llm, version 1: Qwen2.5-Coder 0.5B Instruct by llama.cpp."""

from tritone.backend import Call, Options, Streaming, publish
from tritone.contract import LLM, LlmRequest
from tritone.engines.llm.llamacpp import LlamaCpp


class TritonPythonModel(Streaming):
    contract = LLM

    def load(self, options: Options) -> None:
        self.engine = LlamaCpp(
            options.weights(),
            slots=options.integer("slots", 8),
            context=options.integer("context", 4096),
            threads=options.integer("threads", 2),
            gpu_layers=options.integer("gpu_layers", 0),
        )
        self.unpublish = publish("llm", lambda: self.engine.statistics().metrics())

    def run(self, request: LlmRequest, call: Call) -> None:
        self.engine.generate(request, call.send, call.cancellation)

    def close(self) -> None:
        self.unpublish()
        self.engine.close()
