"""The state of a thing in words, as it is said in a reply."""

from collections.abc import Sequence
from typing import Any

from tritone.intents.entities import Entity
from tritone.intents.spec import IntentSpec
from tritone.intents.values import COLOURS, MODES, close

__all__ = ["described"]


def described(spec: IntentSpec, entity: Entity) -> str:
    """A thing's state in words: "on at 50 percent"."""
    if entity.state in ("unavailable", "unknown", ""):
        return "not available" if spec.states or spec.slots or not spec.acts else "not active"
    if entity.domain == "scene":
        return "active"
    if entity.domain == "climate":
        return _climate(entity)
    if entity.domain == "light" and entity.state == "on":
        return f"on{_percent(entity.attributes.get('brightness'), 255)}{_colour(entity)}"
    if entity.domain == "cover" and entity.state == "open":
        position = entity.attributes.get("current_position")
        return "open" if position == 100 else f"open{_percent(position, 100)}"
    unit = entity.attributes.get("unit_of_measurement")
    return f"{entity.state} {unit}" if unit else entity.state


def _percent(seen: Any, whole: float) -> str:
    return "" if seen is None else f" at {round(float(seen) * 100 / whole)} percent"


def _colour(entity: Entity) -> str:
    seen = entity.attributes.get("rgb_color")
    if entity.attributes.get("color_mode") not in MODES or not isinstance(seen, Sequence):
        return ""
    name = next((name for name in COLOURS if close(name, seen)), "")
    return f", {name}" if name else ""


def _climate(entity: Entity) -> str:
    target = entity.attributes.get("temperature")
    now = entity.attributes.get("current_temperature")
    if entity.state == "off":
        return "off" if now is None else f"off, it is {float(now):g} degrees"
    told = "on" if target is None else f"set to {float(target):g} degrees"
    return told if now is None else f"{told}, it is {float(now):g} degrees"
