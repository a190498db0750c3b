"""What Home Assistant's registries say of entities: rooms, other names, and what is hidden.

https://developers.home-assistant.io/docs/entity_registry_index, and the websocket commands
``config/{entity,device,area}_registry/list`` of its frontend.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tritone.house.offered import DOMAINS
from tritone.intents.entities import Entity

__all__ = ["Registries", "State"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What an entity is at some moment."""

    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Registries:
    """The three registries at some moment.

    Args:
        entities: rows of the entity registry; with ``aliases`` where they have been asked for.
        devices: rows of the device registry.
        areas: rows of the area registry.
    """

    def __init__(
        self,
        entities: Sequence[Mapping[str, Any]],
        devices: Sequence[Mapping[str, Any]],
        areas: Sequence[Mapping[str, Any]],
    ) -> None:
        self._entities = {str(row["entity_id"]): row for row in entities}
        self._area_of_device = {str(row["id"]): row.get("area_id") for row in devices}
        self._areas = {str(row["area_id"]): row for row in areas}

    def shows(self, entity_id: str) -> bool:
        """Whether it may be seen: its owner hides some, from everybody or from voice assistants."""
        if entity_id.partition(".")[0] not in DOMAINS:
            return False
        row = self._entities.get(entity_id)
        if row is None:  # made in YAML without an id: it has no row
            return True
        spoken = (row.get("options") or {}).get("conversation") or {}
        return not (
            row.get("disabled_by")
            or row.get("hidden_by")
            or row.get("entity_category")
            or spoken.get("should_expose") is False
        )

    def entity(self, entity_id: str, state: State) -> Entity:
        """It, with its names."""
        row = self._entities.get(entity_id, {})
        area = self._area(row)
        return Entity(
            entity_id=entity_id,
            name=str(state.attributes.get("friendly_name") or entity_id),
            area=str(area.get("name") or ""),
            aliases=_texts(row.get("aliases")),
            area_aliases=_texts(area.get("aliases")),
            state=state.state,
            attributes=state.attributes,
        )

    def _area(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Its own, or else its device's."""
        found = row.get("area_id") or self._area_of_device.get(str(row.get("device_id")))
        return self._areas.get(str(found), {})


def _texts(found: Iterable[Any] | None) -> tuple[str, ...]:
    return tuple(sorted(each for each in found or () if isinstance(each, str) and each.strip()))
