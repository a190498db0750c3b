"""The stages of a spoken turn, served by the other models of this server."""

from collections.abc import Generator

from tritone.backend.peers import Peers
from tritone.cancellation import Cancellation
from tritone.contract import (
    LLM,
    STT,
    TTS,
    LlmRequest,
    LlmResponse,
    SttRequest,
    SttResponse,
    TtsRequest,
    TtsResponse,
)

__all__ = ["PeerStages"]


class PeerStages:
    """`tritone.pipelines.stages.Stages` over the other models."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers

    def hear(self, request: SttRequest, cancellation: Cancellation) -> SttResponse:
        """Calls `stt`."""
        return self._peers.infer(STT, request, cancellation)

    def think(self, request: LlmRequest, cancellation: Cancellation) -> Generator[LlmResponse]:
        """Calls `llm`."""
        return self._peers.stream(LLM, request, cancellation)

    def speak(self, request: TtsRequest, cancellation: Cancellation) -> TtsResponse:
        """Calls `tts`."""
        return self._peers.infer(TTS, request, cancellation)
