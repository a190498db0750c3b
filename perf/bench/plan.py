"""What is to be run, and how much time each part of it may have."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from perf.bench.scenario import Extent, Scenario, Step
from perf.bench.subjects import SUBJECTS

__all__ = ["AROUND_SECONDS", "START_SECONDS", "Plan", "needs"]

AROUND_SECONDS: Final = 4.0
"""What opening and closing the subjects of a scenario takes, about."""
START_SECONDS: Final = 25.0
"""What starting Triton and what else everything needs takes, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be run.

    Attributes:
        work: in this order.
        quick: whether their quick extent.
        rounds: instead of their own number of rounds, whatever time that takes; 0: their own.
        seed: of everything that is drawn.
        limit: seconds that the whole may take. Where it is short, scenarios have less than their
            own time, all in proportion, but for the rounds that they have to have.
    """

    work: Sequence[Scenario | Step]
    quick: bool = False
    rounds: int = 0
    seed: int = 0
    limit: float = math.inf

    def extent(self, scenario: Scenario) -> Extent | None:
        """How much of a scenario; None: nothing."""
        extent = scenario.quick if self.quick else scenario.full
        if extent is None or not self.rounds:
            return extent
        return replace(extent, rounds=self.rounds, least=self.rounds)

    def part(self, place: int, taken: float) -> float:
        """What part of its own time the work at this place may have, after so many seconds."""
        rest = [self.seconds(work) for work in self.work[place:]]
        left = self.limit - taken - AROUND_SECONDS * len(rest)
        return min(1.0, max(0.0, left / sum(rest))) if sum(rest) else 1.0

    def seconds(self, work: Scenario | Step) -> float:
        """How long it takes, about, without what is around it."""
        if isinstance(work, Step):
            return work.seconds
        extent = self.extent(work)
        return extent.seconds if extent else 0.0


def needs(work: Scenario | Step, extent: Extent | None) -> frozenset[str]:
    """The parts of the stage that it needs."""
    if isinstance(work, Step):
        return frozenset(work.needs)
    taking = set(work.subjects) - set(extent.without if extent else ())
    return frozenset(part for name in taking for part in SUBJECTS[name].needs)
