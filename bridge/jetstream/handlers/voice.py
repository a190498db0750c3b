"""A spoken turn, answered in text and speech."""

import contextlib
from collections.abc import AsyncGenerator

import numpy as np
import numpy.typing as npt

from bridge.jetstream.handlers.recordings import opening, samples
from bridge.jetstream.pieces import Piece
from tritone import messages
from tritone.calls import Caller
from tritone.contract import SAMPLE_RATE, VOICE, VoiceResponse
from tritone.contract import VoiceRequest as Turn
from tritone.errors import EngineDied, from_wire
from tritone.messages import AudioChunk, Done, Failed, TextDelta, Transcript, VoiceEvent
from tritone.nats.wire import VoiceRequest
from tritone.settings import BridgeSettings

__all__ = ["Voice"]


class Voice:
    """Answers spoken turns. `premium` and `enable_rag` are read, and change nothing yet.

    Args:
        caller: to reach the model by.
        settings: the bounds of recordings.
    """

    def __init__(self, caller: Caller, settings: BridgeSettings) -> None:
        self._caller = caller
        self._settings = settings

    async def pieces(self, request: VoiceRequest) -> AsyncGenerator[Piece, None]:
        """What was heard, the answer's text and its audio, as they come. Raises TritoneError."""
        turn = Turn(
            audio=await self._heard(request),
            sample_rate=SAMPLE_RATE,
            language=request.language or "",
        )
        ended = False
        async with contextlib.aclosing(self._caller.stream(VOICE, turn)) as responses:
            async for response in responses:
                event: VoiceEvent = messages.decode(VoiceEvent, response.event)
                ended = ended or isinstance(event, Done)
                piece = _piece(event, response)
                if piece is not None:
                    yield piece
        if not ended:
            raise EngineDied("'voice' ended in the middle of its answer: try again")

    async def _heard(self, request: VoiceRequest) -> npt.NDArray[np.float32]:
        bounds = self._settings
        async with (
            opening(request.audio, request.format, request.sample_rate, bounds) as recording,
            contextlib.aclosing(samples(recording, bounds)) as chunks,
        ):
            return np.concatenate([chunk async for chunk in chunks])


def _piece(event: VoiceEvent, response: VoiceResponse) -> Piece | None:
    """What an event says, if anything; raises what it failed at."""
    match event:
        case Transcript():
            return Piece(transcript=event.text)
        case TextDelta():
            return Piece(text=event.text)
        case AudioChunk() if response.audio is not None:
            return Piece(
                audio=response.audio.astype("<i2", copy=False).tobytes(),
                sample_rate=event.sample_rate,
                visemes=event.timings,
            )
        case Failed():
            raise from_wire(f"{event.code}: {event.message}")
    return None
