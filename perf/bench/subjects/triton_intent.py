"""The `intent` ensemble over Triton's gRPC: what AIService calls, without AIService.

Each sentence is asked twice, and the second answer counts. The first puts the prompt into the
engine's cache, so that this way and the other are alike however they take turns, and both write the
same tokens; what AIService adds weighs most then, too.
"""

import contextlib
import time
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import IDLE_SECONDS, pids
from tritone.client import Client
from tritone.contract import INTENT, IntentRequest
from tritone.errors import EngineDied

__all__ = ["TritonIntent"]


class TritonIntent:
    """Has sentences understood, without names of things: AIService knows no home here."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._client = Client(options.triton, idle_timeout=IDLE_SECONDS)
        await self._understood("Hello there.")
        return {"pids": pids(options, "triton")}

    async def one(self, item: Item) -> Answer:
        await self._understood(item.text)
        began = time.perf_counter()
        intent = await self._understood(item.text)
        return Answer(last=time.perf_counter() - began, extra={"text": intent})

    async def close(self) -> None:
        await self._client.close()

    async def _understood(self, text: str) -> str:
        asked = self._client.stream(INTENT, IntentRequest(text=text))
        async with contextlib.aclosing(asked) as responses:
            answers = [response.intent async for response in responses]
        if not answers:
            raise EngineDied("the intent ensemble ended without an answer")
        return answers[-1]
