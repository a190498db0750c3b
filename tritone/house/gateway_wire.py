"""Entities as ha.v1 carries them, to and fro."""

from typing import Any

import msgspec

from tritone.intents.entities import Entity
from tritone.protos.ha.v1 import ha_pb2

__all__ = ["entity_of", "message_of"]


def entity_of(message: ha_pb2.Entity) -> Entity:
    """What a gateway says of an entity."""
    return Entity(
        entity_id=message.entity_id,
        name=message.name or message.entity_id,
        area=message.area,
        aliases=tuple(message.aliases),
        area_aliases=tuple(message.area_aliases),
        state=message.state,
        attributes={key: _value(text) for key, text in message.attributes.items()},
    )


def message_of(entity: Entity) -> ha_pb2.Entity:
    """What a gateway of ours says."""
    return ha_pb2.Entity(
        entity_id=entity.entity_id,
        name=entity.name,
        area=entity.area,
        aliases=entity.aliases,
        area_aliases=entity.area_aliases,
        state=entity.state,
        attributes={
            key: msgspec.json.encode(value).decode() for key, value in entity.attributes.items()
        },
    )


def _value(text: str) -> Any:
    """Of JSON; a gateway that sends bare words means texts."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
