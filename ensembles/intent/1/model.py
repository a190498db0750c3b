"""intent, version 1: a sentence becomes an intent under a JSON schema."""

from tritone.backend import Call, Options, Peers, Streaming
from tritone.contract import INTENT, LLM, IntentRequest
from tritone.pipelines.intent import understand


class TritonPythonModel(Streaming):
    contract = INTENT

    def load(self, options: Options) -> None:
        self.peers = Peers()

    def run(self, request: IntentRequest, call: Call) -> None:
        call.send(understand(request, lambda ask: self.peers.stream(LLM, ask, call.cancellation)))
