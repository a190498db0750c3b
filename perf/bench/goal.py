"""What a goal is, as data: figures of a run, and their bounds."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Goal", "Of", "Term"]

How = Literal["ratio", "difference", "value", "most", "limit", "points"]


@dataclass(frozen=True, slots=True)
class Of:
    """A measure of a subject at a point of a scenario."""

    subject: str
    point: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One figure of a goal, and its bound.

    Attributes:
        label: what it is, in the goals' table.
        scenario: where it is measured.
        how: ``ratio``: `one` over `other`, by round. ``difference``: `one` less `other`, by round.
            ``value``: `one`, by round. ``most``: the greatest of any round. ``limit``: turns a
            second (`one`) over cores by CPU seconds of a turn (`other`), by round. ``points``: word
            errors in percent of all words, `one` less `other`, over all rounds.
        bound: the median has to be on its good side, or on it.
        at_most: whether the good side is below.
        factor: the figure is shown and compared multiplied by this.
        unit: what the figure is then shown in.
    """

    label: str
    scenario: str
    how: How
    one: Of
    other: Of | None = None
    bound: float
    at_most: bool
    factor: float = 1.0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A line of the goals' table. It holds when all of its terms do."""

    key: str
    measure: str
    wanted: str
    terms: tuple[Term, ...]
