"""The `voice` ensemble over Triton's gRPC: a whole spoken turn, from recording to audio."""

import contextlib
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import IDLE_SECONDS, pids
from perf.bench.subjects.spoken_turn import SpokenTurn, spoken
from tritone.client import Client
from tritone.contract import TTS, VOICE, TtsRequest

__all__ = ["TritonVoice"]


class TritonVoice:
    """Speaks to the server, and listens to the end of the turn. The language is detected."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._client = Client(options.triton, idle_timeout=IDLE_SECONDS)
        await self._client.infer(TTS, TtsRequest(text="Ready to speak."))
        return {"language": "detected", "temperature": 0, "pids": pids(options, "triton")}

    async def one(self, item: Item) -> Answer:
        request = spoken(item)
        turn = SpokenTurn()
        async with contextlib.aclosing(self._client.stream(VOICE, request)) as responses:
            async for response in responses:
                turn.add(response)
        return turn.answer()

    async def close(self) -> None:
        await self._client.close()
