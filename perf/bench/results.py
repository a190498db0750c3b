"""What a run found, as it is kept: cells of rounds, rows of steps, and what they are of."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from perf.bench.noise import Noise

__all__ = ["Cell", "Found", "Results", "Taken"]


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer: see `Answer`; what it said is not kept."""

    at: float
    last: float
    first: float | None = None
    caller: int = 0
    error: str | None = None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One subject under one load in one round.

    Attributes:
        measures: see `perf.bench.measures`.
        stages: ``[name, begin, end]`` of the answer whose first piece came at the median time, in
            seconds from the begin of its call.
    """

    subject: str
    point: str
    round: int
    wall: float
    measures: Mapping[str, float]
    answers: Sequence[Taken] = ()
    stages: Sequence[tuple[str, float, float]] = ()


class Found(msgspec.Struct, kw_only=True):
    """What a scenario or a step found.

    Attributes:
        key: which.
        cells: of a scenario.
        rows: of a step.
        facts: of each subject, as it told when it was opened.
        lacking: why subjects, or the whole, could not be measured, by name.
        batches: how often a model of Triton's ran with each batch size meanwhile, by model.
        noise: of the machine meanwhile.
        seconds: how long it took, with everything around it.
    """

    key: str
    cells: list[Cell] = []
    rows: list[dict[str, Any]] = []
    facts: dict[str, Mapping[str, Any]] = {}
    lacking: dict[str, str] = {}
    batches: dict[str, dict[str, int]] = {}
    noise: Noise | None = None
    seconds: float = 0.0

    def series(self, subject: str, point: str, measure: str) -> dict[int, float]:
        """A measure by round."""
        return {
            cell.round: cell.measures[measure]
            for cell in self.cells
            if (cell.subject, cell.point) == (subject, point) and measure in cell.measures
        }

    def failures(self, subject: str) -> list[str]:
        """What its bad answers said, in order."""
        answers = (got for cell in self.cells if cell.subject == subject for got in cell.answers)
        return [got.error for got in answers if got.error]


class Results(msgspec.Struct, kw_only=True):
    """A whole run.

    Attributes:
        began: when, ISO 8601 in UTC.
        seconds: how long it took.
        extent: ``full`` or ``quick``.
        commit: that was checked out; ``+`` at its end when files differed from it.
        machine: see `perf.bench.machine`.
        parts: facts of what ran on the stage.
    """

    began: str
    seed: int
    extent: str
    commit: str
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    seconds: float = 0.0
    parts: dict[str, Mapping[str, Any]] = {}
    found: dict[str, Found] = {}
