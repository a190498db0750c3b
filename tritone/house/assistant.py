"""Home Assistant itself: its websocket keeps the list of entities, its REST interface acts."""

import asyncio
from collections.abc import Callable, Sequence

from tritone.errors import NotFound
from tritone.house.assistant_feed import Feed
from tritone.house.assistant_rest import Rest
from tritone.house.offered import check
from tritone.house.port import Order
from tritone.intents.entities import Entity

__all__ = ["Assistant"]


class Assistant:
    """A `House`. It connects by itself, whenever Home Assistant is there; needs a running loop.

    Args:
        url: ``http://host:8123``.
        token: a long-lived access token. It is never logged.
        on_event: takes what happens to the connection: a text and its level.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        on_event: Callable[[str, str], None] = lambda _text, _level: None,
    ) -> None:
        self._feed = Feed(url.rstrip("/"), token, on_event)
        self._rest = Rest(url.rstrip("/"), token)

    async def entities(self) -> Sequence[Entity]:
        """All that Home Assistant's owner does not hide; the same object until a state changes."""
        return await self._feed.entities()

    async def entity(self, entity_id: str) -> Entity:
        """One, read from Home Assistant at this moment."""
        registries = await self._feed.registries()
        if not registries.shows(entity_id):
            raise NotFound(f"there is no {entity_id} that may be seen")
        return registries.entity(entity_id, await self._rest.state(entity_id))

    async def perform(self, order: Order) -> None:
        """Does it."""
        check(order)
        # Home Assistant does nothing, and says nothing, about entities that it does not have.
        await self.entity(order.entity_id)
        await self._rest.perform(order)

    async def aclose(self) -> None:
        """Ends the connections."""
        await asyncio.gather(self._feed.aclose(), self._rest.aclose())
