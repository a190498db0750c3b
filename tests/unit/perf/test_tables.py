"""The tables of goals, scenarios, subjects and parts fit each other."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from perf.bench.__main__ import FULL_SECONDS, QUICK_SECONDS
from perf.bench.goal import Of
from perf.bench.goals import GOALS
from perf.bench.judging import judged
from perf.bench.parts import PARTS
from perf.bench.plan import START_SECONDS, Plan
from perf.bench.report.figures import NAMES
from perf.bench.scenario import Extent, Scenario
from perf.bench.scenarios import SCENARIOS, STEPS
from perf.bench.subjects import SUBJECTS, made
from tests.unit.perf.perf_kit import cell, found, results
from tritone.errors import SetupError

pytestmark = pytest.mark.unit

BY_KEY = {scenario.key: scenario for scenario in SCENARIOS}
TERMS = [(goal, term) for goal in GOALS for term in goal.terms]


def classes(target: str, package: str) -> list[str]:
    """Names of the classes in the module of ``module:Class``, without loading it."""
    spec = find_spec(f"{package}{target.partition(':')[0]}")
    assert spec is not None, target
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize("name", SUBJECTS)
def test_subject_exists(name: str):
    """Every subject is a class that can be found, and needs parts that there are."""
    entry = SUBJECTS[name]
    assert entry.target.partition(":")[2] in classes(entry.target, "perf.bench.subjects.")
    assert set(entry.needs) <= set(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_part_exists(name: str):
    """Every part of the stage is a class that can be found."""
    assert PARTS[name].partition(":")[2] in classes(PARTS[name], "")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_step_exists(step):
    """Every step has its module, and needs parts that there are."""
    assert find_spec(f"perf.bench.{step.target.partition(':')[0]}") is not None
    assert set(step.needs) <= set(PARTS)


def test_keys_are_told_apart():
    """No two scenarios, steps or goals have one key."""
    keys = [work.key for work in (*SCENARIOS, *STEPS)]
    assert len(set(keys)) == len(keys)
    assert len({goal.key for goal in GOALS}) == len(GOALS) == 11


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.key)
def test_scenario_names_what_there_is(scenario: Scenario):
    """Its subjects and those of its points exist, and its measures have names."""
    assert set(scenario.subjects) <= set(SUBJECTS)
    assert set(scenario.shown) <= set(NAMES)
    for extent in filter(None, (scenario.full, scenario.quick)):
        assert set(extent.without) <= set(scenario.subjects)
        assert 1 <= extent.least <= max(extent.rounds, extent.least)
        for point in extent.points:
            assert set(point.subjects) <= set(scenario.subjects)
            assert point.items


def asked(extent: Extent, scenario: Scenario, of: Of) -> bool:
    """Whether a full run measures it."""
    points = [point for point in extent.points if of.point in ("", point.name)]
    return any(of.subject in (point.subjects or scenario.subjects) for point in points)


@pytest.mark.parametrize(("goal", "term"), TERMS, ids=lambda one: getattr(one, "label", None))
def test_goal_can_be_measured(goal, term):
    """Each figure is of a subject at a load that the full run of its scenario has."""
    scenario = BY_KEY[term.scenario]
    for of in filter(None, (term.one, term.other)):
        assert asked(scenario.full, scenario, of), of
    assert goal.terms


@pytest.mark.parametrize(("goal", "term"), TERMS, ids=lambda one: getattr(one, "label", None))
def test_goal_is_told_from_its_figures(goal, term):
    """Given its measures, each term of each goal has a figure."""
    cells = []
    for of in filter(None, (term.one, term.other)):
        also = {"words": 10.0} if of.measure == "word_errors" else {}
        cells.append(cell(of.subject, of.point, 0, **{of.measure: 2.0}, **also))
    run = results(found(term.scenario, *cells))
    judgement = next(one for one in judged(GOALS, run) if one.key == goal.key)
    figure = judgement.terms[goal.terms.index(term)].figure
    assert figure is not None


def test_unknown_subject_is_named():
    """A name that nobody has is refused with those that there are."""
    with pytest.raises(SetupError, match=r"no subject 'triton.sst': choose from triton.stt"):
        made("triton.sst")


@pytest.mark.parametrize(("quick", "limit"), [(False, FULL_SECONDS), (True, QUICK_SECONDS)])
def test_times_fit(quick: bool, limit: float):
    """All that a run does, with what is around it, fits the time that it promises."""
    work = [one for one in (*SCENARIOS, *STEPS) if one.quick or not quick]
    plan = Plan(work=work, quick=quick, limit=limit)
    assert plan.part(0, START_SECONDS) == 1.0
