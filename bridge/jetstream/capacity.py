"""How much may be at work, by how many Tritons there are to do it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog

from bridge.jetstream.orders import Order
from bridge.jetstream.places import Places
from tritone.contract import CHAT, EMBEDDER, RERANKER, STT, VOICE, Model
from tritone.settings import Lanes

__all__ = ["Capacity", "Healthy"]

LOOK_SECONDS: Final = 0.5
OUTAGE_SECONDS: Final = 600.0
"""How long a request waits for models to come back."""

Healthy = Callable[[Model[Any, Any]], Awaitable[int]]
"""How many Tritons can answer for a model."""

log = structlog.get_logger("bridge")

_MODELS: Final[Mapping[str, Model[Any, Any]]] = {
    "chat": CHAT,
    "voice": VOICE,
    "embedding": EMBEDDER,
    "reranking": RERANKER,
    "transcription": STT,
}


class Capacity:
    """Places for each kind of work.

    Chats and spoken turns share places, for both need the language model.

    Args:
        lanes: how much is at work at once on each Triton.
        healthy: how many Tritons there are.
        changed: called when there are more or fewer.
    """

    def __init__(
        self, lanes: Lanes, healthy: Healthy, changed: Callable[[], Awaitable[None]]
    ) -> None:
        self._lanes = lanes
        self._healthy = healthy
        self._changed = changed
        self._up = dict.fromkeys(_MODELS, 1)
        self._back = asyncio.Event()
        talking = Places(lambda: lanes.chat.running * max(1, self._up["chat"], self._up["voice"]))
        texts = Places(lambda: self._size("embedding", lanes.embedding.running))
        sound = Places(lambda: self._size("transcription", lanes.transcription.running))
        self._places = {
            "chat": talking,
            "voice": talking,
            "embedding": texts,
            "reranking": texts,
            "transcription": sound,
        }

    @property
    def any(self) -> bool:
        """Whether some Triton answers."""
        return any(self._up.values())

    def of(self, order: Order) -> Places:
        """Where a request waits for its turn."""
        return self._places[_kind(order)]

    def room(self, consumer: str) -> int:
        """How many messages of a consumer may be here: none that nobody could answer."""
        lanes = self._lanes
        match consumer:
            case "chat-handler":
                return lanes.chat.running * self._up["chat"]
            case "voice-handler":
                return lanes.chat.running * self._up["voice"]
            case "transcription-handler":
                return lanes.transcription.running * self._up["transcription"]
            case "pipeline-handler":
                # Short work: some are here ahead, so that models need not wait for messages.
                running = lanes.embedding.running * max(self._up["embedding"], 0)
                return running + (running + 1) // 2
        return 1

    async def run(self) -> None:
        """Looks after the Tritons until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Looks after them now."""
        found = {kind: await self._healthy(model) for kind, model in _MODELS.items()}
        if found == self._up:
            return
        log.info("capacity", **found)
        self._up = found
        for places in self._places.values():
            places.refresh()
        self._back.set()
        self._back = asyncio.Event()
        await self._changed()

    async def outage(self, order: Order) -> bool:
        """Waits while nobody can answer a request; whether it was so, and is over."""
        kind = _kind(order)
        await self.look()
        if self._up[kind]:
            return False
        try:
            async with asyncio.timeout(OUTAGE_SECONDS):
                while not self._up[kind]:
                    await self._back.wait()
        except TimeoutError:
            return False
        return True

    def _size(self, kind: str, running: int) -> int:
        return running * max(1, self._up[kind])


def _kind(order: Order) -> str:
    return order.route.kind or order.route.area
