"""What was last seen of a backend: its models, their versions and states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tritone.contract import Model

__all__ = ["READY", "Seen", "SeenModel"]

READY = "READY"
"""The state of a version that serves; the others are Triton's LOADING, UNLOADING, UNAVAILABLE."""


@dataclass(frozen=True, slots=True)
class SeenModel:
    """One model on one backend.

    Attributes:
        versions: state by version.
        kinds: how it may be called, by the class of the requests; None until it was asked.
    """

    versions: Mapping[str, str]
    kinds: Mapping[type[Any], Model[Any, Any]] | None = None

    def fits(self, model: Model[Any, Any]) -> bool:
        """Whether it may be called like this, as far as that is known."""
        return self.kinds is None or model.request in self.kinds

    def serves(self, version: str) -> bool:
        """Whether this version is ready; any of them for an empty one."""
        states = self.versions
        return states.get(version) == READY if version else READY in states.values()


@dataclass(frozen=True, slots=True)
class Seen:
    """A backend.

    Attributes:
        up: whether it answers.
        ever: whether it ever did; until then nothing is known of its models.
        models: by name, as last seen.
    """

    up: bool = False
    ever: bool = False
    models: Mapping[str, SeenModel] = field(default_factory=dict)
