"""What a scenario is, as data: who is asked what, how, how often."""

from dataclasses import dataclass
from typing import Literal

from perf.bench.loads import Load

__all__ = ["Draw", "Extent", "Kind", "Point", "Scenario", "Step"]

Kind = Literal["speech", "text", "chat", "passage", "command", "recording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Which items.

    Attributes:
        kind: ``recording`` is a long recording of many passages, ``command`` talk that a home's
            assistant hears; the others as in `Item`.
        max_tokens: tokens of an answer at most.
        turns: earlier turns that each item brings with it, as a conversation of its own.
        seconds: length of a long recording.
    """

    kind: Kind
    max_tokens: int = 0
    turns: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """One load of a scenario.

    Attributes:
        name: how it is called on the axis and in goals: the number of callers.
        load: the load.
        items: how many items a round has.
        subjects: who is asked under it; empty for all of the scenario.
    """

    name: str
    load: Load
    items: int
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is done.

    Attributes:
        points: the loads, in this order in every round.
        rounds: at most so many.
        seconds: no round is begun that would end later, once the first `least` are done.
        least: so many rounds in any case.
        without: subjects that are left out.
        warm_up: so many items are asked of each subject before anything counts.
    """

    points: tuple[Point, ...]
    rounds: int
    seconds: float
    least: int = 2
    without: tuple[str, ...] = ()
    warm_up: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The same work for several subjects in turns.

    Attributes:
        key: its name on the command line and in goals.
        title: its heading.
        about: what is measured, in a sentence or two.
        subjects: who; the first is the one that others are compared with.
        draw: on what.
        full: how much of it `make bench` does.
        quick: how much of it `make bench-quick` does; None: nothing.
        shown: measures that the report shows of it, the first of them in its plot.
        axis: what the names of the points count; empty: they are no numbers, and not plotted.
    """

    key: str
    title: str
    about: str
    subjects: tuple[str, ...]
    draw: Draw
    full: Extent
    quick: Extent | None = None
    shown: tuple[str, ...] = ("rate",)
    axis: str = "callers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A measurement that is no comparison in rounds.

    Attributes:
        key: its name on the command line.
        title: its heading.
        about: what is measured.
        target: ``module:function`` in `perf.bench`, called with a `perf.bench.steps.Given`; it
            answers rows for the report.
        needs: parts of the stage.
        quick: whether `make bench-quick` does it.
        seconds: how long it takes, about.
    """

    key: str
    title: str
    about: str
    target: str
    needs: tuple[str, ...] = ()
    quick: bool = False
    seconds: float = 60.0
