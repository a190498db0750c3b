"""AIService over gRPC: a sentence in, a reply out. See `triton_intent` for how it is asked."""

import time
from collections.abc import Mapping
from typing import Any

import grpc

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import IDLE_SECONDS, pids
from tritone.errors import Internal
from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc

__all__ = ["AiService"]


class AiService:
    """Asks sentences that need the language model; each twice, and the second answer counts."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._channel = grpc.aio.insecure_channel(options.aiservice)
        self._stub = ai_pb2_grpc.AIServiceStub(self._channel)
        await self._asked("Hello there.")
        return {"home": "none", "pids": pids(options, "aiservice", "triton")}

    async def one(self, item: Item) -> Answer:
        await self._asked(item.text)
        began = time.perf_counter()
        answer = await self._asked(item.text)
        last = time.perf_counter() - began
        if answer.path != ai_pb2.PATH_MODEL:
            raise Internal(f"a template understood '{item.text}': ask something else")
        return Answer(last=last, extra={"text": answer.reply})

    async def close(self) -> None:
        await self._channel.close()

    async def _asked(self, text: str) -> ai_pb2.QueryResponse:
        request = ai_pb2.QueryRequest(text=text, source="bench")
        try:
            answer: ai_pb2.QueryResponse = await self._stub.Query(request, timeout=IDLE_SECONDS)
        except grpc.aio.AioRpcError as error:
            raise Internal(f"{error.code().name}: {error.details()}") from None
        return answer
