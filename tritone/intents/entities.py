"""A thing in a home, as Home Assistant knows it."""

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["Entity"]


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """An entity and its state at some moment.

    https://www.home-assistant.io/docs/configuration/state_object/

    Attributes:
        entity_id: ``light.kitchen``.
        name: the friendly name.
        area: the room it is in, or empty.
        aliases: other names of it.
        area_aliases: other names of the room.
        state: ``on``, ``off``, ``open``, ``21.5``, ``unavailable``.
        attributes: details of the state: ``brightness`` is 0 to 255.
    """

    entity_id: str
    name: str
    area: str = ""
    aliases: tuple[str, ...] = ()
    area_aliases: tuple[str, ...] = ()
    state: str = ""
    attributes: Mapping[str, Any] = {}

    @property
    def domain(self) -> str:
        """What kind of thing it is: ``light``."""
        return self.entity_id.partition(".")[0]
