"""The one port to a home. Use cases know only this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tritone.intents.entities import Entity

__all__ = ["House", "Order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One of Home Assistant's actions, for one entity.

    https://www.home-assistant.io/docs/scripts/perform-actions/

    Attributes:
        action: ``light.turn_on``.
        entity_id: what it is done to.
        params: as the action takes them, as text: ``{"brightness_pct": "50"}``.
    """

    action: str
    entity_id: str
    params: Mapping[str, str] = field(default_factory=dict)


class House(Protocol):
    """A home.

    Every call raises `HouseUnreachable` (code HOUSE_UNREACHABLE) when the home does not answer, or
    does not take us; and may be cancelled.
    """

    async def entities(self) -> Sequence[Entity]:
        """All there are, with their states as last known; quick after the first time."""
        ...

    async def entity(self, entity_id: str) -> Entity:
        """One, read at this moment. Raises NotFound."""
        ...

    async def perform(self, order: Order) -> None:
        """Does it; that it was accepted is no proof that it happened.

        Raises:
            NotFound: there is no such entity.
            InvalidInput: the action does not take these parameters.
            Unsupported: the home does not offer this action.
        """
        ...

    async def aclose(self) -> None:
        """Ends the connection."""
        ...
