"""The models behind a pipeline, as plain calls: what a pipeline needs to know of them."""

from collections.abc import Generator
from typing import Protocol

from tritone.cancellation import Cancellation
from tritone.contract import (
    LlmRequest,
    LlmResponse,
    SttRequest,
    SttResponse,
    TtsRequest,
    TtsResponse,
    VoiceResponse,
)

__all__ = ["Send", "Stages"]


class Stages(Protocol):
    """The models of a spoken turn. Each call stops, raising the reason, when cancelled."""

    def hear(self, request: SttRequest, cancellation: Cancellation, /) -> SttResponse:
        """Writes down what was said."""

    def think(self, request: LlmRequest, cancellation: Cancellation, /) -> Generator[LlmResponse]:
        """Continues the conversation; closing the generator stops the model."""

    def speak(self, request: TtsRequest, cancellation: Cancellation, /) -> TtsResponse:
        """Speaks one clause."""


class Send(Protocol):
    """Takes a turn's events, from any thread of the turn."""

    def __call__(self, response: VoiceResponse, /) -> None:
        """Sends one event to the caller. Raises a TritoneError when the caller is gone."""
