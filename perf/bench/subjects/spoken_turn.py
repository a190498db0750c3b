"""One spoken turn of ours: its events, timed, and where its time went."""

import dataclasses
import time
from pathlib import Path

from perf.bench.corpus.waves import floats
from perf.bench.subjects.base import Answer, Item
from perf.bench.subjects.playback import Playback
from perf.bench.subjects.prompts import history
from tritone import messages
from tritone.contract import SAMPLE_RATE, VoiceRequest, VoiceResponse
from tritone.errors import EngineDied
from tritone.messages import AudioChunk, Done, TextDelta, Transcript, VoiceEvent
from tritone.pipelines.clauses import ClauseSplitter

__all__ = ["SpokenTurn", "spoken"]


def spoken(item: Item, *, system_prompt: str = "", max_tokens: int = 0) -> VoiceRequest:
    """The request of an item; what it does not say is as by default, greedy among it."""
    request = VoiceRequest(
        audio=floats(Path(item.path)),
        sample_rate=SAMPLE_RATE,
        history=messages.encode(history(item)),
        system_prompt=system_prompt,
    )
    most = max_tokens or item.max_tokens
    return dataclasses.replace(request, max_tokens=most) if most else request


class SpokenTurn:
    """Notes the events of one turn; made when the call begins.

    Attributes:
        texts: how many pieces of the answer's text came; a piece is a token.
    """

    def __init__(self) -> None:
        self.texts = 0
        self._began = time.perf_counter()
        self._heard = Playback()
        self._transcript = ""
        self._splitter = ClauseSplitter()
        self._ready: list[float] = []
        self._chunks: list[float] = []
        self._written = 0.0
        self._done: Done | None = None
        self._last = 0.0

    def add(self, response: VoiceResponse) -> None:
        """Takes the next event."""
        self._last = time.perf_counter() - self._began
        event: messages.VoiceEvent = messages.decode(VoiceEvent, response.event)
        match event:
            case Transcript():
                self._transcript = event.text
            case TextDelta():
                self.texts += 1
                self._written = event.at
                self._ready += [event.at] * len(self._splitter.feed(event.text))
            case AudioChunk():
                self._heard.add(self._last, event.duration)
                self._chunks.append(event.at)
            case Done():
                self._done = event
            case _:
                pass

    def answer(self) -> Answer:
        """The answer that they make; units are turns.

        Raises:
            EngineDied: the turn did not end well, and nobody said why.
            Internal: there was no audio.
        """
        if self._done is None:
            raise EngineDied("the turn ended without its last event")
        return self._heard.answer(
            units=1.0,
            last=self._last,
            text=self._done.text,
            transcript=self._transcript,
            tokens=self.texts,
            stages=self._stages(self._done),
        )

    def _stages(self, done: Done) -> list[tuple[str, float, float]]:
        """Where the time went, by the server's clock, put in the middle of the caller's.

        A clause is begun to be spoken when it is written and the one before it is done; while it
        waits for its turn among other callers, that counts as speaking.
        """
        # Half of what the caller's clock says more: the way there, if the way back is as long.
        way = max(0.0, self._last - done.at) / 2
        self._ready += [self._written] * len(self._splitter.flush())
        found = [
            ("hear", 0.0, done.heard_at),
            ("first token", done.heard_at, done.first_token_at),
            ("write", done.first_token_at, done.last_token_at),
        ]
        before = 0.0
        for number, (ready, chunk) in enumerate(zip(self._ready, self._chunks, strict=False), 1):
            found.append((f"speak {number}", max(ready, before), chunk))
            before = chunk
        return [(name, begin + way, end + way) for name, begin, end in found]
