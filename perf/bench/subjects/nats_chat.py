"""Chats over NATS and the bridge, of the model that `triton.chat` asks.

The platform's message has no place for a length, so an answer is left after as many pieces as the
item asks for tokens, which cancels it; a moment later the engine is free. Each prompt is new to the
engine (`prompts.unseen`).
"""

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any, Final

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.nats_answers import ANSWER_SECONDS, Answers
from perf.bench.subjects.prompts import unseen
from perf.bench.subjects.tokens import Tokens
from tritone.errors import from_wire
from tritone.nats import subjects
from tritone.nats.wire import ChatChunk, ChatRequest, unpack

__all__ = ["NatsChat"]

_CANCEL_SECONDS: Final = 0.25
"""A decoding step and the way of a cancel through NATS take less."""


class NatsChat:
    """Publishes what users say, and reads the answers while they are written."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._answers = Answers([subjects.chat_stream("*")])
        await self._answers.open(options.nats)
        await self.one(Item(kind="chat", text="Say hello.", max_tokens=4))
        return {"pids": pids(options, "nats", "bridge", "triton")}

    async def one(self, item: Item) -> Answer:
        request_id = str(uuid.uuid4())
        request = ChatRequest(request_id=request_id, user_id="bench", message=unseen(item.text))
        tokens = Tokens()
        inbox = await self._answers.ask(subjects.chat_message("bench"), request)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while not item.max_tokens or tokens.pieces < item.max_tokens:
                    chunk = unpack(ChatChunk, (await inbox.get()).data)
                    if chunk.type == "error":
                        raise from_wire(f"{chunk.code}: {chunk.content}")
                    if chunk.done:
                        break
                    tokens.add(chunk.content)
                else:
                    await self._answers.tell(subjects.cancel(request_id))
                    await asyncio.sleep(_CANCEL_SECONDS)
        finally:
            self._answers.forget(request_id)
        return tokens.answer()

    async def close(self) -> None:
        await self._answers.close()
