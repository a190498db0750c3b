"""Goals against results: the figure of each term, and whether it holds."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from perf.bench.comparing import Spread, differences, ratios, spread
from perf.bench.goal import Goal, Of, Term
from perf.bench.results import Found, Results

__all__ = ["JudgedGoal", "JudgedTerm", "judged"]

Verdict = Literal["holds", "misses", "not measured"]


class JudgedTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A term with its figure.

    Attributes:
        figure: over rounds; None where there is nothing to compare.
        clear: whether both quartiles are on the same side of the bound as the median.
        why: what is lacking, where it was not measured.
    """

    label: str
    bound: float
    at_most: bool
    unit: str
    verdict: Verdict
    figure: Spread | None = None
    clear: bool = False
    why: str = ""


class JudgedGoal(msgspec.Struct, frozen=True, kw_only=True):
    """A goal with its terms. It misses when one of them does, whatever is not measured."""

    key: str
    measure: str
    wanted: str
    verdict: Verdict
    terms: tuple[JudgedTerm, ...]


def judged(goals: Iterable[Goal], results: Results) -> list[JudgedGoal]:
    """What came of each goal."""
    cores = int(results.machine["cores"])
    found = []
    for goal in goals:
        terms = tuple(_term(term, results.found.get(term.scenario), cores) for term in goal.terms)
        found.append(
            JudgedGoal(
                key=goal.key,
                measure=goal.measure,
                wanted=goal.wanted,
                verdict=_together(terms),
                terms=terms,
            )
        )
    return found


def _together(terms: Iterable[JudgedTerm]) -> Verdict:
    verdicts = {term.verdict for term in terms}
    if "misses" in verdicts:
        return "misses"
    return "not measured" if "not measured" in verdicts else "holds"


def _term(term: Term, found: Found | None, cores: int) -> JudgedTerm:
    figure = _figure(term, found, cores) if found else None
    if figure is None:
        return JudgedTerm(
            label=term.label,
            bound=term.bound,
            at_most=term.at_most,
            unit=term.unit,
            verdict="not measured",
            why=_lacking(term, found),
        )
    sides = [_good(term, value) for value in (figure.median, figure.low, figure.high)]
    return JudgedTerm(
        label=term.label,
        bound=term.bound,
        at_most=term.at_most,
        unit=term.unit,
        verdict="holds" if sides[0] else "misses",
        figure=figure,
        clear=len(set(sides)) == 1,
    )


def _good(term: Term, value: float) -> bool:
    return value <= term.bound if term.at_most else value >= term.bound


def _figure(term: Term, found: Found, cores: int) -> Spread | None:
    one = _series(found, term.one)
    other = _series(found, term.other) if term.other else {}
    match term.how:
        case "ratio":
            figure = ratios(one, other)
        case "difference":
            figure = differences(one, other)
        case "limit":
            figure = ratios(one, {number: cores / cpu for number, cpu in other.items() if cpu})
        case "value":
            figure = spread(list(one.values()))
        case "most":
            values = _everywhere(found, term.one)
            figure = spread([max(values)]) if values else None
        case "points":
            assert term.other is not None, "points compare two subjects"
            ours, theirs = (_percent(found, of.subject) for of in (term.one, term.other))
            figure = None if ours is None or theirs is None else spread([ours - theirs])
    if figure is None or term.factor == 1.0:
        return figure
    return spread([value * term.factor for value in figure.values])


def _series(found: Found, of: Of) -> Mapping[int, float]:
    return found.series(of.subject, of.point, of.measure)


def _everywhere(found: Found, of: Of) -> list[float]:
    """A measure at all points of all rounds."""
    cells = (cell for cell in found.cells if cell.subject == of.subject)
    return [cell.measures[of.measure] for cell in cells if of.measure in cell.measures]


def _percent(found: Found, subject: str) -> float | None:
    """Word errors in percent of all words that were said in any round."""
    wrong = sum(_everywhere(found, Of(subject, "", "word_errors")))
    words = sum(_everywhere(found, Of(subject, "", "words")))
    return 100 * wrong / words if words else None


def _lacking(term: Term, found: Found | None) -> str:
    """Why there is no figure."""
    if found is None:
        return "not run"
    for of in (term.one, term.other):
        if of is None:
            continue
        if of.subject in found.lacking:
            return f"{of.subject}: {found.lacking[of.subject]}"
        if failures := found.failures(of.subject):
            return f"{of.subject}: {failures[0]}"
    return next(iter(found.lacking.values()), "not part of this run")
