"""What is asked of the house for a wish, and whether a state shows that it happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tritone.errors import ParameterOutOfRange
from tritone.intents.entities import Entity
from tritone.intents.evidence import details
from tritone.intents.guard import masked
from tritone.intents.saying import heard
from tritone.intents.spec import IntentSpec, Slot
from tritone.intents.table import INTENTS
from tritone.intents.telling import described
from tritone.intents.values import MODES, TONES, close, step
from tritone.intents.wish import Wish
from tritone.intents.words import Words, words

__all__ = ["Action", "achieved", "described", "order"]

_STEP: Final[Mapping[str, float]] = {"percent": 25, "temperature": 1}
"""How much "brighter" or "warmer" is."""
_MORE: Final = frozenset(
    ["brighter", "brighten", "up", "raise", "increase", "warmer", "hotter", "higher"]
)
_LESS: Final = frozenset(
    ["dim", "dimmer", "darker", "down", "lower", "decrease", "reduce", "cooler", "colder", "drop"]
)
_SLACK: Final = 2.0
"""Steps of the house's own scale, of 255 or 100, by which a number may differ from what was set."""
_UNDIMMED: Final = frozenset(("onoff",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One of Home Assistant's actions and its parameters as text, for one entity.

    https://www.home-assistant.io/docs/scripts/perform-actions/
    """

    action: str
    params: Mapping[str, str] = field(default_factory=dict)


def order(
    spec: IntentSpec,
    entity: Entity,
    wish: Wish,
    said: str,
    table: Mapping[str, IntentSpec] = INTENTS,
) -> Action:
    """What is asked of the house.

    Values are those that were said; the model's count only where words hold none and name them.

    Args:
        spec: the wish's intent; one that acts.
        entity: what it is done to, with its state.
        wish: what is wanted.
        said: the whole sentence.
        table: the intents.

    Raises:
        ParameterOutOfRange: a value that the thing cannot take, or that is missing; the message is
            a sentence to say.
    """
    names = [words(name) for name in (entity.name, *entity.aliases)]
    told = masked(heard(wish, said, table), [name for name in names if name])
    given = details(spec, told)
    params: dict[str, str] = {}
    for slot in spec.slots:
        value = given.get(slot.name, _supported(wish.params.get(slot.name), told))
        if value is None:
            value = _relative(slot, entity, told)
        if value is not None:
            params.update(_param(slot, value, entity))
        elif slot.required:
            raise ParameterOutOfRange(f"What {slot.name} should {entity.name} have?")
    return Action(action=spec.action.format(domain=entity.domain), params=params)


def achieved(spec: IntentSpec, action: Action, before: Entity, after: Entity) -> bool:
    """Whether a state that was read back shows what was asked for.

    Args:
        spec: the intent.
        action: what was asked of the house.
        before: the thing before it was asked.
        after: the thing now.
    """
    if after.state in ("unavailable", "unknown"):
        return False
    if spec.states and after.state not in spec.states:
        return False
    if not spec.states and not spec.slots and after.state == before.state:
        return False
    if spec.full is not None:
        name, number = spec.full
        seen = after.attributes.get(name)
        if seen is not None and abs(float(seen) - number) > _SLACK:
            return False
    return all(_shown(slot, action.params, after) for slot in spec.slots)


def _param(slot: Slot, value: str, entity: Entity) -> Mapping[str, str]:
    if slot.kind == "colour":
        modes = entity.attributes.get("supported_color_modes")
        if value in TONES and (modes is None or "color_temp" in modes):
            return {"color_temp_kelvin": str(TONES[value])}
        if modes is not None and not MODES & set(modes):
            raise ParameterOutOfRange(f"{entity.name} cannot change its color.")
        return {slot.param: "white" if value in TONES else value}
    if slot.attribute == "brightness":
        modes = entity.attributes.get("supported_color_modes")
        if modes is not None and set(modes) <= _UNDIMMED:
            raise ParameterOutOfRange(f"{entity.name} cannot be dimmed.")
    least, most = slot.least, slot.most
    if slot.kind == "temperature":
        least = float(entity.attributes.get("min_temp", least))
        most = float(entity.attributes.get("max_temp", most))
    if not least <= float(value) <= most:
        unit = "percent" if slot.kind == "percent" else "degrees"
        raise ParameterOutOfRange(
            f"The {slot.name} of {entity.name} can be {least:g} to {most:g} {unit}."
        )
    return {slot.param: value}


def _supported(value: str | None, told: Words) -> str | None:
    """The model's value, if it was said."""
    return value if value and set(words(value)) <= set(told) and _numeric(value) else None


def _numeric(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()


def _relative(slot: Slot, entity: Entity, told: Words) -> str | None:
    """What "brighter" or "warmer" comes to, from the state as it is."""
    up, down = bool(_MORE & set(told)), bool(_LESS & set(told))
    if slot.kind not in _STEP or up == down or slot.attribute == "current_position":
        return None
    change = (step(" ".join(told)) or _STEP[slot.kind]) * (1 if up else -1)
    if slot.kind == "percent":
        now = float(entity.attributes.get(slot.attribute) or 0) * 100 / (slot.whole or 100)
        wanted = round(now) + change if now else (100 if up else -change)
        return f"{min(100, max(10, wanted)):g}"
    seen = entity.attributes.get(slot.attribute)
    return None if seen is None else f"{float(seen) + change:g}"


def _shown(slot: Slot, params: Mapping[str, str], after: Entity) -> bool:
    if slot.kind == "colour" and "color_temp_kelvin" in params:
        seen = after.attributes.get("color_temp_kelvin")
        return seen is not None and abs(float(seen) / float(params["color_temp_kelvin"]) - 1) < 0.05
    wanted = params.get(slot.param)
    if wanted is None:
        return True
    seen = after.attributes.get(slot.attribute)
    if seen is None:
        return False
    if slot.kind == "colour":
        return isinstance(seen, Sequence) and close(wanted, seen)
    if slot.kind == "temperature":
        step = float(after.attributes.get("target_temp_step", 0.5))
        return abs(float(seen) - float(wanted)) <= step / 2
    return abs(float(seen) - float(wanted) * (slot.whole or 100) / 100) <= _SLACK
