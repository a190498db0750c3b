"""The states of a home, kept up to date by what ``subscribe_entities`` tells.

The compressed form of Home Assistant's frontend (its components/websocket_api/messages.py): ``a``
adds entities, ``c`` changes some, ``r`` removes some; within an entity ``s`` is the state and ``a``
the attributes; within a change ``+`` holds what is new and ``-`` the names of attributes that are
gone.
"""

from collections.abc import Mapping
from typing import Any

from tritone.house.assistant_registry import Registries, State
from tritone.house.offered import DOMAINS, MOST_ENTITIES
from tritone.intents.entities import Entity

__all__ = ["States"]


class States:
    """All states, from the first event on."""

    def __init__(self) -> None:
        self._states: dict[str, State] = {}
        self._shown: tuple[Entity, ...] | None = None
        self._shown_with: Registries | None = None

    def apply(self, event: Mapping[str, Any]) -> None:
        """Takes in an event."""
        for entity_id, row in event.get("a", {}).items():
            self._states[entity_id] = State(state=str(row["s"]), attributes=row.get("a", {}))
        for entity_id, row in event.get("c", {}).items():
            if (known := self._states.get(entity_id)) is not None:
                self._states[entity_id] = _changed(known, row)
        for entity_id in event.get("r", ()):
            self._states.pop(entity_id, None)
        self._shown = None

    def shown(self, registries: Registries) -> tuple[Entity, ...]:
        """What may be seen, ordered by kind and id; the same object until something changes."""
        if self._shown is None or self._shown_with is not registries:
            ids = sorted(filter(registries.shows, self._states), key=_place)[:MOST_ENTITIES]
            self._shown = tuple(registries.entity(each, self._states[each]) for each in ids)
            self._shown_with = registries
        return self._shown


def _changed(known: State, row: Mapping[str, Any]) -> State:
    new, gone = row.get("+", {}), set(row.get("-", {}).get("a", ()))
    kept = {key: value for key, value in known.attributes.items() if key not in gone}
    return State(
        state=str(new.get("s", known.state)),
        attributes={**kept, **new.get("a", {})},
    )


def _place(entity_id: str) -> tuple[int, str]:
    return DOMAINS.index(entity_id.partition(".")[0]), entity_id
