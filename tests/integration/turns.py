"""One spoken turn through the real server, gathered into something to assert on."""

import asyncio
from dataclasses import dataclass, field

import numpy as np

from tests.integration.conftest import sample
from tritone import messages
from tritone.client import Client
from tritone.contract import VOICE, VoiceRequest
from tritone.errors import TritoneError
from tritone.messages import AudioChunk, Done, Failed, Transcript, VoiceEvent


@dataclass
class Result:
    """Everything a turn said."""

    events: list = field(default_factory=list)
    audio: list[np.ndarray] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    error: TritoneError | None = None

    def of(self, kind):
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def heard(self) -> str:
        """The transcript."""
        return self.of(Transcript)[0].text

    @property
    def done(self) -> Done:
        """The last event of a turn that went well."""
        assert self.error is None, self.error
        return self.of(Done)[0]

    @property
    def failed(self) -> Failed:
        """The last event of a turn that did not."""
        return self.of(Failed)[0]

    @property
    def chunks(self) -> list[AudioChunk]:
        """The spoken clauses."""
        return self.of(AudioChunk)


async def turn(client: Client, name: str = "question", on_event=None, **fields) -> Result:
    """Speaks a sample (or `audio=…`) to the server and listens to the end."""
    if "audio" not in fields:
        fields["audio"], fields["sample_rate"] = sample(name)
    result = Result()
    clock = asyncio.get_running_loop().time
    started = clock()
    try:
        async for response in client.stream(VOICE, VoiceRequest(**fields)):
            event = messages.decode(VoiceEvent, response.event)
            result.events.append(event)
            result.arrivals.append(clock() - started)
            if response.audio is not None:
                result.audio.append(response.audio)
            if on_event is not None:
                on_event(event)
    except TritoneError as error:
        result.error = error
    return result
