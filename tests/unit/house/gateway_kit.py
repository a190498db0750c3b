"""The reference gateway in this process, over a home that a test holds in its hands."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from bridge.calls.credentials import server_credentials
from bridge.gateway.door import Door
from tests.unit.house.certificates_kit import NAME
from tritone.access.listening import Listen
from tritone.errors import NotFound
from tritone.house.certificates import Files
from tritone.house.gateway import Gateway
from tritone.house.port import House, Order
from tritone.intents.entities import Entity

LIGHT = Entity(
    entity_id="light.kitchen",
    name="Kitchen Light",
    area="Kitchen",
    aliases=("cooking light",),
    area_aliases=("galley",),
    state="off",
    attributes={"brightness": None, "supported_color_modes": ["brightness"]},
)
COVER = Entity(entity_id="cover.blinds", name="Blinds", state="closed")


class Held:
    """A `House` with two entities.

    Attributes:
        orders: what was done.
        failure: raised by every call, where there is one.
        lists: how often all were asked for.
        gate: while it is closed, no call is answered.
    """

    def __init__(self) -> None:
        self.known = {each.entity_id: each for each in (LIGHT, COVER)}
        self.orders: list[Order] = []
        self.failure: Exception | None = None
        self.lists = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def entities(self) -> Sequence[Entity]:
        """Both."""
        self.lists += 1
        await self._pass()
        return tuple(self.known.values())

    async def entity(self, entity_id: str) -> Entity:
        """One of them."""
        await self._pass()
        if entity_id not in self.known:
            raise NotFound(f"there is no {entity_id}")
        return self.known[entity_id]

    async def perform(self, order: Order) -> None:
        """Remembers it."""
        await self.entity(order.entity_id)
        self.orders.append(order)

    async def aclose(self) -> None:
        """Nothing."""

    async def _pass(self) -> None:
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure


@contextlib.asynccontextmanager
async def gateway(house: House, files: Files, *, every: float = 60.0) -> AsyncIterator[Door]:
    """The gateway on a free port."""
    async with (
        server_credentials(files, mutual=True, every=every) as credentials,
        Door(house, Listen("127.0.0.1", 0), credentials) as door,
    ):
        yield door


@contextlib.asynccontextmanager
async def client(
    port: int, files: Files, name: str = NAME, *, every: float = 60.0
) -> AsyncIterator[Gateway]:
    """The adapter, of a gateway at a port of this machine."""
    opened = await Gateway.open(f"127.0.0.1:{port}", files, server_name=name, look_seconds=every)
    try:
        yield opened
    finally:
        await opened.aclose()
