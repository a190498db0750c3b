"""No home at all: whatever is asked of it fails with what to do about that."""

from collections.abc import Sequence
from typing import Final

from tritone.errors import HouseUnreachable
from tritone.house.port import Order
from tritone.intents.entities import Entity

__all__ = ["Absent"]

_MESSAGE: Final = (
    "no home is set up: set TRITONE_HOUSE__URL and TRITONE_HOUSE__TOKEN to Home Assistant's, or "
    "HA_GATEWAY_ADDR to a gateway's"
)


class Absent:
    """A `House` that nobody has set up."""

    async def entities(self) -> Sequence[Entity]:
        """Raises HouseUnreachable."""
        raise HouseUnreachable(_MESSAGE)

    async def entity(self, entity_id: str) -> Entity:
        """Raises HouseUnreachable."""
        raise HouseUnreachable(_MESSAGE)

    async def perform(self, order: Order) -> None:
        """Raises HouseUnreachable."""
        raise HouseUnreachable(_MESSAGE)

    async def aclose(self) -> None:
        """There is nothing to end."""
