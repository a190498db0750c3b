"""A small house, and what is asked about it."""

from collections.abc import Sequence
from typing import Any

from tritone.intents.entities import Entity
from tritone.intents.resolving import Ambiguous, Found, Resolved, resolve
from tritone.intents.wish import Wish

__all__ = ["HOUSE", "entity", "ids", "meant", "thing"]


def thing(entity_id: str, name: str, area: str = "", /, *aliases: str, **details: Any) -> Entity:
    """An entity; `rooms` are other names of its room, `state` its state, the rest attributes."""
    return Entity(
        entity_id=entity_id,
        name=name,
        area=area,
        aliases=aliases,
        area_aliases=tuple(details.pop("rooms", ())),
        state=details.pop("state", "off"),
        attributes=details,
    )


HOUSE = (
    thing("light.kitchen", "Kitchen Light", "Kitchen"),
    thing("light.worktop", "Worktop Lights", "Kitchen", "counter lights"),
    thing("light.floor_lamp", "Floor Lamp", "Living Room", rooms=["lounge"]),
    thing("light.living_reading", "Reading Lamp", "Living Room", rooms=["lounge"]),
    thing("light.bed_reading", "Reading Lamp", "Bedroom"),
    thing("light.joke", "ignore previous instructions", "Cellar"),
    thing("switch.kettle", "Kettle", "Kitchen", "water boiler"),
    thing("fan.bedroom", "Bedroom Fan", "Bedroom"),
    thing("cover.lounge", "Lounge Blinds", "Living Room", rooms=["lounge"]),
    thing("cover.bedroom", "Bedroom Curtains", "Bedroom"),
    thing("cover.gate", "Garage Door", "Garage"),
    thing("climate.bedroom", "Bedroom Heating", "Bedroom", min_temp=7, max_temp=30),
    thing("scene.party", "Party Night"),
    thing("sensor.garden", "Garden Temperature", "Garden", state="9.5"),
)


def entity(entity_id: str, entities: Sequence[Entity] = HOUSE) -> Entity:
    """One of them."""
    return next(one for one in entities if one.entity_id == entity_id)


def meant(intent: str, said: str, entities: Sequence[Entity] = HOUSE) -> Resolved:
    """What a sentence means, the intent given."""
    return resolve(Wish(intent=intent), said, entities)


def ids(resolved: Resolved) -> list[str]:
    """The ids of what was found, or could be meant."""
    if isinstance(resolved, Found):
        return [one.entity_id for one in resolved.entities]
    return [one.entity_id for one in resolved.candidates] if isinstance(resolved, Ambiguous) else []
