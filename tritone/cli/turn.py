"""One spoken turn as a client sees it: its events, its audio, and when each came."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from tritone import messages
from tritone.cli import connection
from tritone.contract import VOICE, VoiceRequest
from tritone.errors import Internal, from_wire
from tritone.messages import AudioChunk, Done, Failed, TextDelta, Transcript, Usage, VoiceEvent

if TYPE_CHECKING:
    from tritone.client import Client

__all__ = ["Piece", "Sink", "Turn", "take_turn"]


class Sink(Protocol):
    """Takes the reply's audio: a file, a loudspeaker."""

    def write(self, samples: npt.NDArray[np.int16], sample_rate: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Where in the reply the samples of an event lie; counted in samples."""

    offset: int
    samples: int


@dataclass(slots=True)
class Turn:
    """What came of a turn.

    Attributes:
        arrived: seconds, by this machine's clock, from sending the request to `heard`,
            `first_token`, `first_audio`, `last_token` and `done`.
    """

    transcript: str = ""
    text: str = ""
    samples: int = 0
    sample_rate: int = 0
    usage: Usage | None = None
    done: Done | None = None
    arrived: dict[str, float] = field(default_factory=dict)

    @property
    def audio_seconds(self) -> float:
        """Length of the spoken reply."""
        return self.samples / self.sample_rate if self.sample_rate else 0.0

    def note(self, event: VoiceEvent, at: float) -> None:
        """Keeps what matters of an event that arrived `at` seconds after the request."""
        match event:
            case Transcript():
                self.transcript = event.text
                self.arrived["heard"] = at
            case TextDelta():
                self.text += event.text
                self.arrived.setdefault("first_token", at)
                self.arrived["last_token"] = at
            case AudioChunk():
                self.arrived.setdefault("first_audio", at)
            case Usage():
                self.usage = event
            case Done():
                self.done = event
                self.text = event.text
                self.arrived["done"] = at
            case Failed():
                pass


async def take_turn(
    client: "Client",
    request: VoiceRequest,
    *,
    on_event: Callable[[VoiceEvent, Piece | None, float], None],
    sinks: Sequence[Sink] = (),
) -> Turn:
    """Runs one turn to its end.

    Args:
        client: of the server.
        request: the user's side.
        on_event: told of every event, where its audio lies, and when it arrived.
        sinks: take the audio, before `on_event` is told.

    Raises:
        TritoneError: what the turn failed at.
    """
    turn = Turn()
    failed: Failed | None = None
    begun = time.perf_counter()
    async with connection.stream(client, VOICE, request) as responses:
        async for response in responses:
            at = time.perf_counter() - begun
            event: VoiceEvent = messages.decode(VoiceEvent, response.event)
            turn.note(event, at)
            piece = None
            if isinstance(event, AudioChunk) and response.audio is not None:
                piece = Piece(turn.samples, len(response.audio))
                turn.samples += piece.samples
                turn.sample_rate = event.sample_rate
                for sink in sinks:
                    sink.write(response.audio, event.sample_rate)
            elif isinstance(event, Failed):
                failed = event
            on_event(event, piece, at)
    if failed is not None:  # a server that tells of it, yet ends the stream without an error
        raise from_wire(f"{failed.code}: {failed.message}")
    if turn.done is None:
        raise Internal("the turn ended without saying how")
    return turn
