"""Which entities of Home Assistant are shown, and what may be done to them."""

from typing import Final

from tritone.errors import InvalidInput, Unsupported
from tritone.house.port import Order

__all__ = ["DOMAINS", "MOST_ENTITIES", "check"]

CONTROLLED: Final = (
    "light",
    "switch",
    "fan",
    "cover",
    "climate",
    "scene",
    "media_player",
    "vacuum",
    "humidifier",
)
"""Their actions are offered. Locks are only shown: no sentence opens one."""
_ASKED: Final = ("lock", "binary_sensor", "sensor")
DOMAINS: Final = CONTROLLED + _ASKED
"""What is shown, the most wanted first."""
MOST_ENTITIES: Final = 2000
"""What comes after so many is not shown."""
_TARGETS: Final = frozenset({"entity_id", "device_id", "area_id", "floor_id", "label_id"})
"""Parameters that would do it to something else."""


def check(order: Order) -> None:
    """Whether it is one of the actions that are offered for this entity.

    Raises:
        Unsupported: it is none.
        InvalidInput: the entity is of another kind, or a parameter names another target.
    """
    domain, _, name = order.action.partition(".")
    if domain not in CONTROLLED or not name.isidentifier():
        raise Unsupported(f"{order.action!r} is not offered")
    if order.entity_id.partition(".")[0] != domain:
        raise InvalidInput(f"{order.entity_id} is no {domain}: {order.action} does not take it")
    if wrong := _TARGETS & order.params.keys():
        raise InvalidInput(f"{order.action} takes one entity, and no {', '.join(sorted(wrong))}")
