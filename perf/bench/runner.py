"""A whole run: scenarios and steps in their order, with the stage that they need."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from perf.bench import steps, subjects
from perf.bench.batches import batches, since
from perf.bench.interrupts import undisturbed
from perf.bench.machine import commit, machine, versions
from perf.bench.noise import Probe
from perf.bench.plan import Plan, needs
from perf.bench.results import Found, Results
from perf.bench.rounds import Drawing, Rounds
from perf.bench.scenario import Scenario, Step
from perf.bench.stage import Stage
from tritone.errors import TritoneError
from tritone.settings import Settings

__all__ = ["Runner", "Tell"]

Tell = Callable[[str, float], None]
"""Takes what is being done, and what part of all that is to be done is behind it."""


class Runner:
    """Runs a plan.

    Args:
        plan: what.
        settings: of the stage.
        drawing: gives items.
        tell: takes what is going on.
        stage: to run it on; one with all parts unless a test has another.
    """

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        drawing: Drawing,
        *,
        tell: Tell = lambda _text, _done: None,
        stage: Stage | None = None,
    ) -> None:
        self._plan = plan
        self._settings = settings
        self._drawing = drawing
        self._tell = tell
        self._stage = stage or Stage(settings, plan.seed)
        self._loop = asyncio.Runner()
        self._behind = 0.0
        self._began = time.monotonic()

    def run(self) -> Results:
        """Everything, from the first start to the last end.

        What cannot be measured is left out, and said in the results. An interrupt goes through,
        once everything that was started has been ended.
        """
        began = datetime.now(UTC)
        self._began = time.monotonic()
        results = Results(
            began=began.isoformat(timespec="seconds"),
            seed=self._plan.seed,
            extent="quick" if self._plan.quick else "full",
            commit=commit(),
            machine=machine(),
            versions=versions(),
        )
        # Interrupts are raised where the work is: in this thread, also while something starts.
        with contextlib.closing(self._loop):
            try:
                for work in self._plan.work:
                    results.found[work.key] = self._one(work)
            finally:
                with undisturbed():
                    self._stage.close()
        results.parts = self._stage.facts
        results.seconds = time.monotonic() - self._began
        return results

    def _one(self, work: Scenario | Step) -> Found:
        began = time.monotonic()
        wanted = self._wanted(work)
        self._stage.keep(self._wanted_later(work) | wanted)
        if starting := wanted - set(self._stage.running) - set(self._stage.failed):
            self._tell(f"starting {', '.join(sorted(starting))}", self._behind)
            self._stage.need(wanted)
        self._tell(work.title, self._behind)
        probe = Probe()
        with self._batched() as made:
            found = self._step(work) if isinstance(work, Step) else self._scenario(work)
        found.batches = made
        found.noise = probe.noise()
        found.seconds = time.monotonic() - began
        self._behind += self._share(work)
        return found

    def _scenario(self, scenario: Scenario) -> Found:
        extent = self._plan.extent(scenario)
        if extent is None:
            return Found(key=scenario.key, lacking={"": "not part of a quick run"})
        share, behind = self._share(scenario), self._behind
        done = 0.0

        def step(part: float) -> None:
            nonlocal done
            done = min(1.0, done + part)
            self._tell(scenario.title, behind + share * done)

        extent = replace(extent, seconds=extent.seconds * self._part(scenario))
        rounds = Rounds(scenario, extent, self._drawing, run=self._run, step=step)
        for name in scenario.subjects:
            if lacking := [p for p in subjects.SUBJECTS[name].needs if p in self._stage.failed]:
                rounds.found.lacking[name] = self._stage.failed[lacking[0]]
        try:
            return rounds.measure(self._stage.options())
        except TritoneError as error:  # of what is drawn
            rounds.found.lacking[""] = error.message
            return rounds.found

    def _step(self, step: Step) -> Found:
        found = Found(key=step.key)
        share, behind = self._share(step), self._behind
        given = steps.Given(
            settings=self._settings,
            options=self._stage.options(),
            drawing=self._drawing,
            advance=lambda part: self._tell(step.title, behind + share * part),
            quick=self._plan.quick,
        )
        if lacking := [name for name in step.needs if name in self._stage.failed]:
            found.lacking[""] = self._stage.failed[lacking[0]]
            return found
        try:
            found.rows = steps.taken(step, given)
        except (TritoneError, ImportError) as error:
            found.lacking[""] = " ".join(str(error).split())
        return found

    @contextlib.contextmanager
    def _batched(self) -> Iterator[dict[str, dict[str, int]]]:
        """Fills what it gives with the batches that Triton made in the block."""
        made: dict[str, dict[str, int]] = {}
        address = self._stage.options().triton_http
        before = batches(address) if address else {}
        yield made
        if address:
            made.update(since(before, batches(address)))

    def _run(self, work: Any) -> Any:
        return self._loop.run(work)

    def _wanted(self, work: Scenario | Step) -> frozenset[str]:
        if isinstance(work, Step):
            return needs(work, None)
        extent = self._plan.extent(work)
        return needs(work, extent) if extent else frozenset()

    def _part(self, work: Scenario | Step) -> float:
        return self._plan.part(self._place(work), time.monotonic() - self._began)

    def _place(self, work: Scenario | Step) -> int:
        return [one.key for one in self._plan.work].index(work.key)

    def _wanted_later(self, work: Scenario | Step) -> frozenset[str]:
        """What runs, and something later needs."""
        later = (self._wanted(one) for one in self._plan.work[self._place(work) + 1 :])
        return frozenset[str]().union(*later) & frozenset(self._stage.running)

    def _share(self, work: Scenario | Step) -> float:
        """What part of the whole it is, by the time that it is given."""
        whole = sum(self._plan.seconds(one) for one in self._plan.work)
        return self._plan.seconds(work) / whole if whole else 0.0
