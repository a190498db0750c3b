"""Goals against made up results."""

import pytest

from perf.bench.goal import Goal, Of, Term
from perf.bench.goals import GOALS
from perf.bench.judging import JudgedGoal, judged
from perf.bench.results import Found
from tests.unit.perf.perf_kit import cell, found, results

pytestmark = pytest.mark.unit

OURS, THEIRS = Of("triton.stt", "8", "rate"), Of("floor.stt", "8", "rate")


def term(how: str = "ratio", **changes) -> Term:
    fields = {"label": "", "scenario": "stt", "how": how, "one": OURS, "other": THEIRS}
    return Term(**{**fields, "bound": 5.0, "at_most": False, **changes})


def judge(*terms: Term, of: Found | None) -> JudgedGoal:
    (goal,) = judged([Goal("key", "measure", "wanted", terms)], results(*([of] if of else [])))
    return goal


def rates(*pairs: tuple[float, float]) -> Found:
    cells = [
        cell(subject, "8", number, rate=rate)
        for number, pair in enumerate(pairs)
        for subject, rate in zip(("triton.stt", "floor.stt"), pair, strict=True)
    ]
    return found("stt", *cells)


def test_ratio_holds_by_its_median():
    """One bad round of three does not make a goal miss, nor one good round make it hold."""
    assert judge(term(), of=rates((12, 2), (11, 2), (4, 2))).verdict == "holds"
    assert judge(term(), of=rates((4, 2), (4, 2), (12, 2))).verdict == "misses"


def test_at_its_bound_a_goal_holds():
    """Bounds belong to their good side, for those above and below."""
    assert judge(term(bound=6.0), of=rates((12, 2))).verdict == "holds"
    assert judge(term(bound=6.0, at_most=True), of=rates((12, 2))).verdict == "holds"


def test_clear_when_quartiles_agree():
    """A median whose quartiles lie on both sides of the bound is told as unclear."""
    assert judge(term(), of=rates((12, 2), (12, 2), (12, 2))).terms[0].clear
    assert not judge(term(), of=rates((12, 2), (11, 2), (4, 2), (4, 2))).terms[0].clear


def test_one_miss_makes_the_goal_miss():
    """All terms have to hold; a miss counts more than what was not measured."""
    good, bad, unknown = term(), term(bound=7.0), term(other=Of("wyoming.stt", "8", "rate"))
    of = rates((12, 2))
    assert judge(good, bad, unknown, of=of).verdict == "misses"
    assert judge(good, unknown, of=of).verdict == "not measured"
    assert judge(good, good, of=of).verdict == "holds"


def test_limit_is_cores_over_cpu_seconds():
    """Two cores and half a CPU second for a turn allow four turns a second."""
    of = found("stt", cell("triton.stt", "8", 0, turns=3.0), cell("engines.voice", "1", 0, cpu=0.5))
    goal = judge(
        term("limit", one=Of("triton.stt", "8", "turns"), other=Of("engines.voice", "1", "cpu")),
        of=of,
    )
    assert goal.terms[0].figure is not None
    assert goal.terms[0].figure.median == pytest.approx(0.75)


def test_points_are_over_all_words():
    """Word errors count over all rounds and loads together, in percent of what was said."""
    of = found(
        "stt",
        cell("triton.stt", "1", 0, words=10, word_errors=1),
        cell("triton.stt", "8", 0, words=90, word_errors=4),
        cell("floor.stt", "8", 0, words=100, word_errors=3),
    )
    (judgement,) = judge(term("points", bound=1.0, at_most=True), of=of).terms
    assert judgement.figure is not None
    assert judgement.figure.median == pytest.approx(2.0)
    assert judgement.verdict == "misses"


def test_most_is_the_worst_of_all():
    """A bound for every single turn is held to the worst, wherever it was."""
    of = found(
        "stt",
        cell("triton.stt", "1", 0, after_cancel=1),
        cell("triton.stt", "4", 3, after_cancel=6),
    )
    one = Of("triton.stt", "", "after_cancel")
    (judgement,) = judge(term("most", one=one, other=None, bound=4.0, at_most=True), of=of).terms
    assert judgement.figure is not None
    assert judgement.figure.median == 6
    assert judgement.verdict == "misses"


def test_difference_in_other_units():
    """What a door adds is told, and bounded, in milliseconds."""
    of = found("stt", cell("triton.stt", "8", 0, last=0.010), cell("floor.stt", "8", 0, last=0.007))
    (judgement,) = judge(
        term(
            "difference",
            one=Of("triton.stt", "8", "last"),
            other=Of("floor.stt", "8", "last"),
            bound=2.0,
            at_most=True,
            factor=1000.0,
            unit="ms",
        ),
        of=of,
    ).terms
    assert judgement.figure is not None
    assert judgement.figure.median == pytest.approx(3.0)
    assert judgement.verdict == "misses"


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (None, "not run"),
        (found("stt"), "not part of this run"),
        (found("stt", lacking={"floor.stt": "no weights"}), "floor.stt: no weights"),
        (found("stt", lacking={"": "no Triton"}), "no Triton"),
    ],
)
def test_what_was_not_measured_says_why(of: Found | None, why: str):
    """A goal without figures neither holds nor misses, and tells what was lacking."""
    (judgement,) = judge(term(), of=of).terms
    assert (judgement.verdict, judgement.why) == ("not measured", why)


def test_every_goal_is_judged():
    """A run that measured nothing has eleven goals, none of which holds."""
    verdicts = [goal.verdict for goal in judged(GOALS, results())]
    assert verdicts == ["not measured"] * 11
