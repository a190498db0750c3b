"""What a step is given: a measurement that is no comparison in rounds."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from perf.bench.rounds import Drawing
from perf.bench.scenario import Step
from perf.bench.subjects.base import Options
from tritone.settings import Settings

__all__ = ["Given", "Rows", "taken"]

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Given:
    """What a step may use.

    Attributes:
        settings: of the stage.
        options: where the parts are that the step needs.
        drawing: gives items.
        advance: called with what part of the whole is done now.
        quick: whether there is little time.
    """

    settings: Settings
    options: Options
    drawing: Drawing
    advance: Callable[[float], None]
    quick: bool


def taken(step: Step, given: Given) -> Rows:
    """Takes a step; its rows, as JSON can hold them.

    Raises:
        TritoneError: it cannot be taken.
    """
    module, _, function = step.target.partition(":")
    rows: Rows = getattr(import_module(f"perf.bench.{module}"), function)(given)
    return rows
