"""A whole run over a stage that only pretends, with the real order of things."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from perf.bench import runner as module
from perf.bench.noise import Noise
from perf.bench.plan import AROUND_SECONDS, Plan, needs
from perf.bench.results import Found
from perf.bench.runner import Runner
from perf.bench.scenario import Scenario, Step
from perf.bench.scenarios import SCENARIOS, STEPS
from perf.bench.subjects.base import Options
from tritone.errors import SetupError
from tritone.settings import Settings

pytestmark = pytest.mark.unit

BY_KEY = {scenario.key: scenario for scenario in SCENARIOS}
STEP = Step(key="step", title="a step", about="", target="nowhere:at_all", needs=("triton",))


class Pretended:
    """A stage that notes what runs at each time."""

    def __init__(self, failing: Sequence[str] = ()) -> None:
        self.failed: dict[str, str] = {}
        self.facts = {"triton": {"version": "1"}}
        self.log: list[str] = []
        self._running: list[str] = []
        self._failing = failing

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(self._running)

    def need(self, names) -> None:
        for name in sorted(set(names) - set(self._running)):
            if name in self._failing:
                self.failed[name] = f"no {name}"
            else:
                self._running.append(name)

    def keep(self, names) -> None:
        self._running = [name for name in self._running if name in set(names)]

    def options(self) -> Options:
        return Options()

    def close(self) -> None:
        self.log.append("closed")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No probing of the machine."""

    class Probe:
        def noise(self) -> Noise:
            return Noise(probe=1.0, variation=0.0, drift=1.0, steal=None, load=0.0)

    monkeypatch.setattr(module, "Probe", Probe)


class Seen:
    """What each scenario was measured with, instead of measuring it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stages: dict[str, tuple[str, ...]] = {}
        self.lacking: dict[str, dict[str, str]] = {}
        self.fault: BaseException | None = None
        self.stage = Pretended()
        monkeypatch.setattr(module.Rounds, "measure", lambda rounds, _: self._measured(rounds))

    def _measured(self, rounds) -> Found:
        self.stages[rounds.found.key] = self.stage.running
        self.lacking[rounds.found.key] = dict(rounds.found.lacking)
        if self.fault:
            raise self.fault
        return rounds.found

    def run(self, *work: Scenario | Step, **plan):
        made = Plan(work=work, **plan)
        return Runner(made, Settings(), None, stage=self.stage).run()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    return Seen(monkeypatch)


def test_needs_of_subjects():
    """A scenario needs what its subjects need, less those that its extent leaves out."""
    stt = BY_KEY["stt"]
    assert needs(stt, stt.full) == {"triton", "wyoming_stt", "ray"}
    assert stt.quick is not None
    assert needs(stt, stt.quick) == {"triton", "wyoming_stt"}
    assert needs(STEP, None) == {"triton"}


def test_parts_run_only_while_they_are_needed(seen: Seen):
    """What a later scenario needs is kept, what none needs is ended."""
    keys = ("voice", "stt", "embedder", "doors")
    seen.run(*(BY_KEY[key] for key in keys))
    assert [set(seen.stages[key]) for key in keys] == [
        {"triton"},
        {"triton", "ray", "wyoming_stt"},
        {"triton", "ray"},
        {"triton", "edge", "nats"},
    ]
    assert seen.stage.log == ["closed"]


def test_subjects_without_their_part_are_left_out(seen: Seen):
    """The others are measured, and why not all is kept."""
    seen.stage = Pretended(failing=["ray"])
    seen.run(BY_KEY["embedder"])
    assert seen.lacking["embedder"] == {"ray.embedder": "no ray"}


def test_step_without_its_part(seen: Seen):
    """A step that lacks something is not taken."""
    seen.stage = Pretended(failing=["triton"])
    assert seen.run(STEP).found["step"].lacking == {"": "no triton"}


def test_step_that_fails_says_why(seen: Seen, monkeypatch: pytest.MonkeyPatch):
    """What is missing is in the report, and the run goes on."""

    def taken(*_: object):
        raise SetupError("install it")

    monkeypatch.setattr(module.steps, "taken", taken)
    found = seen.run(STEP, BY_KEY["voice"]).found
    assert found["step"].lacking == {"": "install it"}
    assert "voice" in found


def test_fault_of_drawing_is_kept(seen: Seen):
    """A question that cannot be spoken ends its scenario, not the run."""
    seen.fault = SetupError("no voice")
    assert seen.run(BY_KEY["voice"]).found["voice"].lacking == {"": "no voice"}


def test_interrupt_closes_the_stage(seen: Seen):
    """Ctrl-C goes through, once everything was ended."""
    seen.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        seen.run(BY_KEY["voice"])
    assert seen.stage.log == ["closed"]


def test_quick_run_without_a_quick_extent(seen: Seen):
    """What a quick run leaves out is said."""
    scenario = replace(BY_KEY["voice"], quick=None)
    found = seen.run(scenario, quick=True).found["voice"]
    assert found.lacking == {"": "not part of a quick run"}


def test_rounds_can_be_given():
    """So many rounds are done then, whatever time they take."""
    extent = Plan(work=(), rounds=3).extent(BY_KEY["stt"])
    assert extent is not None
    assert (extent.rounds, extent.least) == (3, 3)


def test_time_that_is_short_is_shared():
    """After half of the time with all the work ahead, everything has half of its own."""
    work = [BY_KEY["voice"], BY_KEY["stt"]]
    whole = sum(Plan(work=()).seconds(one) for one in work) + 2 * AROUND_SECONDS
    plan = Plan(work=work, limit=whole)
    assert plan.part(0, 0.0) == pytest.approx(1.0)
    assert plan.part(0, -5.0) == 1.0
    lost = (whole - 2 * AROUND_SECONDS) / 2
    assert plan.part(0, lost) == pytest.approx(0.5)
    assert plan.part(0, 10 * whole) == 0.0
    assert Plan(work=work).part(0, 1000.0) == 1.0


def test_results_say_what_they_are_of(seen: Seen):
    """Seed, extent, machine and the facts of what ran."""
    found = seen.run(BY_KEY["voice"], quick=True, seed=12)
    assert (found.seed, found.extent) == (12, "quick")
    assert found.machine["cores"] >= 1
    assert found.parts == {"triton": {"version": "1"}}


def test_progress_ends_near_the_whole(monkeypatch: pytest.MonkeyPatch, seen: Seen):
    """What is behind grows up to where the last begins."""
    told: list[float] = []
    plan = Plan(work=(*SCENARIOS, *STEPS))
    monkeypatch.setattr(module.steps, "taken", lambda *_: [])
    Runner(
        plan, Settings(), None, tell=lambda _text, done: told.append(done), stage=seen.stage
    ).run()
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1.0
