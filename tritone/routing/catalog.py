"""Which models there are, under which names, and what each can do.

Built from what the backends say; asking it is a look into a dictionary.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar, cast

from tritone.contract import MODELS, Model
from tritone.errors import ModelNotFound, ModelNotReady, ServerUnreachable, Unsupported
from tritone.routing.cards import ModelCard, card
from tritone.routing.seen import Seen
from tritone.routing.signature import ABILITIES

__all__ = ["Catalog"]

Req = TypeVar("Req")
Resp = TypeVar("Resp")

_OURS: Final = {model.name: model for model in MODELS}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a name stands for.

    Attributes:
        card: its description.
        kinds: how it may be called, by the class of the requests; empty if it is of no kind.
        known: whether any backend told how; what was never loaded tells nothing.
    """

    card: ModelCard
    kinds: Mapping[type[Any], Model[Any, Any]]
    known: bool


class Catalog:
    """The names that a caller may use as `model`.

    A name is a model's (``llm``), a version of one (``llm@2``), or an alias of either. An alias
    hides a model of the same name, so that ``llm`` can be pointed at ``llm@2``.

    Args:
        aliases: other names, each for a model or for a version of one.
    """

    def __init__(self, aliases: Mapping[str, str] | None = None) -> None:
        self._aliases = dict(aliases or {})
        self._models: dict[str, _Entry] = {}
        self._names: dict[str, _Entry] = {}
        self._since: dict[str, int] = {}
        self._unseen: tuple[str, ...] = ()

    def update(self, backends: Mapping[str, Seen]) -> None:
        """Takes what the backends say now, by address."""
        names = sorted({name for seen in backends.values() for name in seen.models})
        models = {name: self._entry(name, backends) for name in names}
        versions = {
            f"{name}@{version}": _pinned(entry, version)
            for name, entry in models.items()
            for version in entry.card.versions
        }
        real = models | versions
        aliases = {alias: real[target] for alias, target in self._aliases.items() if target in real}
        self._models = models
        self._names = real | aliases
        self._unseen = tuple(address for address, seen in backends.items() if not seen.ever)

    def resolve(self, name: str, like: Model[Req, Resp]) -> Model[Req, Resp]:
        """The model that `name` stands for, to be called as `like` is.

        Raises:
            ModelNotFound: there is none of this name; the message says which there are.
            Unsupported: it is of another kind.
            ModelNotReady: it has not been loaded yet, so its kind is unknown.
            ServerUnreachable: as above, and some server has not been reached yet.
        """
        entry = self._names.get(name)
        if entry is None:
            return self._expected(name, like)
        found = entry.kinds.get(like.request)
        if found is None:
            if not entry.known:
                raise ModelNotReady(f"'{name}' is not loaded: try again", param="model")
            verb = ABILITIES[like.request].verb
            able = self._able(like.request)
            hint = f": take {' or '.join(repr(one) for one in able)}" if able else ""
            raise Unsupported(f"'{name}' cannot {verb}{hint}", param="model")
        return cast("Model[Req, Resp]", found)

    def cards(self) -> tuple[ModelCard, ...]:
        """Every model there is, by name."""
        return tuple(entry.card for entry in self._models.values())

    def card(self, name: str) -> ModelCard:
        """The model that a name stands for.

        Raises:
            ModelNotFound: there is none.
        """
        entry = self._names.get(name)
        if entry is None:
            raise self._not_found(name)
        return entry.card

    def _entry(self, name: str, backends: Mapping[str, Seen]) -> _Entry:
        since = self._since.setdefault(name, int(time.time()))
        aliases = tuple(
            alias
            for alias, target in self._aliases.items()
            if target.partition("@")[0] == name and alias != name
        )
        told = [
            model.kinds
            for seen in backends.values()
            if (model := seen.models.get(name)) is not None and model.kinds is not None
        ]
        kinds = {request: model for each in reversed(told) for request, model in each.items()}
        return _Entry(card(name, backends, tuple(kinds), aliases, since), kinds, bool(told))

    def _expected(self, name: str, like: Model[Req, Resp]) -> Model[Req, Resp]:
        """A name that no backend knows: perhaps because one has not been reached yet."""
        if not self._unseen:
            raise self._not_found(name)
        target = self._aliases.get(name, name)
        ours = _OURS.get(target)
        if ours is not None and ours.request is like.request:
            return cast("Model[Req, Resp]", ours)
        raise ServerUnreachable(
            f"'{name}' is not known, and {', '.join(self._unseen)} has not answered yet: try again",
            param="model",
            retry_after=1.0,
        )

    def _not_found(self, name: str) -> ModelNotFound:
        base, _, version = name.partition("@")
        if version and base in self._models:
            there = ", ".join(self._models[base].card.versions) or "none that is loaded"
            return ModelNotFound(
                f"'{base}' has no version {version}: it has {there}", param="model"
            )
        names = [*self._models, *(alias for alias in self._aliases if alias in self._names)]
        there = ", ".join(dict.fromkeys(names)) or "none yet"
        return ModelNotFound(f"there is no model '{name}'; there is {there}", param="model")

    def _able(self, request: type[Any]) -> list[str]:
        return [name for name, entry in self._models.items() if request in entry.kinds]


def _pinned(entry: _Entry, version: str) -> _Entry:
    kinds = {request: replace(model, version=version) for request, model in entry.kinds.items()}
    return replace(entry, kinds=kinds)
