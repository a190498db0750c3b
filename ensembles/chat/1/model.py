"""chat, version 1: the language model, as the doors' one way to it."""

import contextlib

from tritone.backend import Call, Options, Peers, Streaming
from tritone.contract import CHAT, LLM, LlmRequest


class TritonPythonModel(Streaming):
    contract = CHAT

    def load(self, options: Options) -> None:
        self.peers = Peers()

    def run(self, request: LlmRequest, call: Call) -> None:
        with contextlib.closing(self.peers.stream(LLM, request, call.cancellation)) as responses:
            for response in responses:
                call.send(response)
