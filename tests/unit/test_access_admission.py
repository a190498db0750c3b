"""Admission under any order of arrivals, cancels, ends, deadlines and changes of the backends."""

import asyncio
import contextlib

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tritone.access.admission import Admission
from tritone.errors import Overloaded
from tritone.settings import Lane, Lanes

pytestmark = pytest.mark.unit

ALL_TURNS = 10  # of the event loop, after which nothing more happens by itself
TURNS = st.sampled_from([0, 1, 2, ALL_TURNS])


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still until told otherwise."""

    now = 1000.0

    def time(self) -> float:
        return self.now


class Requests(RuleBasedStateMachine):
    """Requests as tasks, in one lane. What may be is said in the invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.backends = 1
        self.tasks: list[asyncio.Task[str]] = []
        self.ends: list[asyncio.Event] = []
        self.inside: list[int] = []
        self.cancelled: set[int] = set()
        self.settled = True
        self.ran = 0
        self.running = self.waiting = 1
        self.admission = self.opened()

    def opened(self) -> Admission:
        lanes = Lanes(chat=Lane(running=self.running, waiting=self.waiting))
        return Admission(lanes, 10.0, lambda: self.backends, self.loop.time)

    @initialize(running=st.integers(1, 3), waiting=st.integers(0, 4))
    def begin(self, running: int, waiting: int) -> None:
        self.running, self.waiting = running, waiting
        self.admission = self.opened()

    async def request(self, number: int, caller: str, deadline: float | None) -> str:
        try:
            async with self.admission.enter("chat", caller, deadline):
                self.inside.append(number)
                try:
                    await self.ends[number].wait()
                finally:
                    self.inside.remove(number)
        except Overloaded as error:
            return "refused" if 1 <= (error.retry_after or 0) <= 60 else "refused without a time"
        return "served"

    def step(self, turns: int) -> None:
        """Lets so much happen of what was done; the rest happens together with the next thing."""

        async def pass_on() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)

        self.settled = turns >= ALL_TURNS
        if turns:
            self.loop.run_until_complete(pass_on())

    @rule(
        caller=st.sampled_from(["ada", "bob", "cyd"]),
        deadline=st.none() | st.floats(0.1, 20),
        turns=TURNS,
    )
    def arrive(self, caller: str, deadline: float | None, turns: int) -> None:
        self.ends.append(asyncio.Event())
        request = self.request(len(self.tasks), caller, deadline)
        self.tasks.append(self.loop.create_task(request))
        self.step(turns)

    @rule(data=st.data(), turns=TURNS)
    def end(self, data: st.DataObject, turns: int) -> None:
        """A request is done."""
        if self.inside:
            self.ends[data.draw(st.sampled_from(self.inside))].set()
            self.step(turns)

    @rule(data=st.data(), turns=TURNS)
    def cancel(self, data: st.DataObject, turns: int) -> None:
        """A client leaves, whether its request waits, runs, or was given a place this instant."""
        alive = [number for number, task in enumerate(self.tasks) if not task.done()]
        if alive:
            number = data.draw(st.sampled_from(alive))
            self.cancelled.add(number)
            self.tasks[number].cancel()
            self.step(turns)

    @rule(seconds=st.floats(0.01, 12))
    def time_passes(self, seconds: float) -> None:
        self.loop.now += seconds
        self.step(ALL_TURNS)

    @rule(backends=st.integers(0, 3))
    def backends_change(self, backends: int) -> None:
        self.backends = backends
        self.admission.refresh()
        self.step(ALL_TURNS)

    @invariant()
    def never_too_many(self) -> None:
        """More than there are places only if some places went away, and then no new ones."""
        figures = self.admission.figures()["chat"]
        assert figures.waiting <= self.waiting
        assert figures.running <= max(figures.places, self.ran)
        assert len(self.inside) <= figures.running
        self.ran = figures.running

    @invariant()
    def no_place_is_lost(self) -> None:
        """Whoever is alive runs or waits, and nobody waits beside a free place."""
        if self.settled:
            figures = self.admission.figures()["chat"]
            assert figures.running == len(self.inside)
            assert not figures.waiting or figures.running >= figures.places
            alive = sum(not task.done() for task in self.tasks)
            assert figures.running + figures.waiting == alive

    def teardown(self) -> None:
        """Everybody has an answer in the end, nothing is left, and all places are free."""
        with contextlib.closing(self.loop):
            for end in self.ends:
                end.set()
            self.step(ALL_TURNS)
            self.loop.now += 10.0
            self.step(ALL_TURNS)
            for number, task in enumerate(self.tasks):
                assert task.done()
                if task.cancelled():
                    assert number in self.cancelled
                else:
                    assert task.result() in ("served", "refused")
            self.backends = 1
            figures = self.admission.figures()["chat"]
            assert (figures.running, figures.waiting) == (0, 0)
            assert all(self.admission.ask("chat", "eve").granted for _ in range(self.running))


TestRequests = Requests.TestCase
TestRequests.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
