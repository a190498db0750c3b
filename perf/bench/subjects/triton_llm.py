"""`llm` over Triton's gRPC, streamed: what `tritone.client` does for every door."""

import contextlib
from collections.abc import Mapping
from typing import Any, ClassVar

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import IDLE_SECONDS, pids
from perf.bench.subjects.prompts import asked
from perf.bench.subjects.tokens import Tokens
from tritone.client import Client
from tritone.contract import LLM, LlmRequest, LlmResponse, Model

__all__ = ["TritonLlm"]


class TritonLlm:
    """Asks greedily; the streams share one channel, as they do in a door."""

    model: ClassVar[Model[LlmRequest, LlmResponse]] = LLM

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._client = Client(options.triton, idle_timeout=IDLE_SECONDS)
        await self.one(Item(kind="chat", text="Say hello.", max_tokens=4))
        return {"model": self.model.name, "temperature": 0, "pids": pids(options, "triton")}

    async def one(self, item: Item) -> Answer:
        return await self._written(asked(item))

    async def close(self) -> None:
        await self._client.close()

    async def _written(self, request: LlmRequest) -> Answer:
        tokens = Tokens()
        async with contextlib.aclosing(self._client.stream(self.model, request)) as responses:
            async for response in responses:
                tokens.add(response.text_output)
                tokens.count = response.completion_tokens or tokens.count
        return tokens.answer()
