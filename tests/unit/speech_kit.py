"""A caller whose voice needs no engine."""

import asyncio
from typing import Any

import numpy as np

from tritone.contract import TTS, TtsRequest, TtsResponse
from tritone.errors import TextEmpty, TritoneError, UnknownVoice
from tritone.messages import SpokenWord, Timing, encode

RATE = 22_050


class Voice:
    """Says each clause as a tone of a tenth of a second for each letter.

    `hold` makes every call from that one on (counted from 0) wait for `go_on`.
    """

    def __init__(self, hold: int | None = None, fail: dict[int, TritoneError] | None = None):
        self.requests: list[TtsRequest] = []
        self.running = 0
        self.most_running = 0
        self.cancelled = 0
        self.held = asyncio.Event()
        self.go_on = asyncio.Event()
        self.rate = RATE
        self._hold = hold
        self._fail = fail or {}

    async def infer(self, model: Any, request: TtsRequest, **_: Any) -> TtsResponse:
        assert model is TTS
        number = len(self.requests)
        self.requests.append(request)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(0)
            if self._hold is not None and number >= self._hold:
                self.held.set()
                await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        if number in self._fail:
            raise self._fail[number]
        return self._say(request)

    def _say(self, request: TtsRequest) -> TtsResponse:
        if request.voice not in ("", "joe"):
            raise UnknownVoice(f"no voice is named '{request.voice}': there are joe")
        letters = sum(map(str.isalnum, request.text))
        if not letters:
            raise TextEmpty("nothing in the text can be pronounced")
        seconds = letters / 10 / request.speed
        at = np.arange(round(seconds * self.rate)) / self.rate
        words = [SpokenWord(word=request.text.split()[0], start=0.0, end=seconds)]
        shapes = [Timing(phoneme="a", viseme="aa", start=0.0, end=seconds)]
        return TtsResponse(
            audio=(8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16),
            sample_rate=self.rate,
            timings=encode(shapes),
            words=encode(words),
        )
