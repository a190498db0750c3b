"""What a list of models says of each of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from tritone.routing.seen import Seen
from tritone.routing.signature import ABILITIES

__all__ = ["ModelCard", "State", "card"]

State = Literal["ready", "loading", "unloading", "unavailable", "unreachable"]
"""How a model is, best first; unreachable where its backend is down."""

_BEST_FIRST: Final[tuple[State, ...]] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """One model.

    Attributes:
        name: its name.
        versions: for each version, its state by the address of a backend.
        backends: its best state by the address of a backend.
        capabilities: of chat, completion, transcription, translation, speech, embedding, rerank,
            vad, intent and voice.
        aliases: its other names; what they stand for may be one version.
        created: when it was first seen, Unix seconds.
    """

    name: str
    versions: Mapping[str, Mapping[str, str]]
    backends: Mapping[str, str]
    capabilities: tuple[str, ...]
    aliases: tuple[str, ...]
    created: int

    @property
    def state(self) -> State:
        """The best state that it has anywhere."""
        return _best(self.backends.values())

    def state_of(self, version: str) -> State:
        """The best state that a version has anywhere."""
        return _best(self.versions[version].values())


def card(
    name: str,
    backends: Mapping[str, Seen],
    kinds: tuple[type[Any], ...],
    aliases: tuple[str, ...],
    created: int,
) -> ModelCard:
    """Describes a model from what the backends say, by address."""
    versions: dict[str, dict[str, str]] = {}
    states: dict[str, str] = {}
    for address, seen in backends.items():
        model = seen.models.get(name)
        if model is None:
            continue
        here = {
            version: state.lower() if seen.up else "unreachable"
            for version, state in model.versions.items()
        }
        for version, state in here.items():
            versions.setdefault(version, {})[address] = state
        states[address] = _best(here.values())
    return ModelCard(
        name=name,
        versions={version: versions[version] for version in sorted(versions, key=_number)},
        backends=states,
        capabilities=tuple(word for kind in kinds for word in ABILITIES[kind].capabilities),
        aliases=aliases,
        created=created,
    )


def _best(states: Iterable[str]) -> State:
    there = set(states)
    return next((state for state in _BEST_FIRST if state in there), "unavailable")


def _number(version: str) -> tuple[int, str]:
    return (int(version) if version.isdecimal() else 0, version)
