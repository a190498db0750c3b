"""Runs one scenario: workers for its subjects, and rounds of work for them in turns."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from perf.bench.comparing import order
from perf.bench.interrupts import undisturbed
from perf.bench.loads import Closed
from perf.bench.measures import measured
from perf.bench.results import Cell, Found, Taken
from perf.bench.scenario import Draw, Extent, Point, Scenario
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.wire import Done, Work
from perf.bench.worker_process import WorkerProcess
from tritone.errors import ServerFailed

__all__ = ["Drawing", "Opened", "Rounds"]

OPEN_SECONDS: Final = 120.0
"""How long loading an engine, or connecting and asking once, may take."""
ROUND_SECONDS: Final = 240.0
"""How long one subject may take for one load."""


class Drawing(Protocol):
    """Where items come from: `perf.bench.corpus.drawing.Drawing`."""

    def drawn(self, draw: Draw, count: int) -> list[Item]:
        """So many items that were not drawn before. Raises TritoneError: there can be none."""
        ...


class Opened(Protocol):
    """A worker, as rounds use it: `perf.bench.worker_process.WorkerProcess`."""

    facts: Mapping[str, Any]

    async def open(self, options: Options, seconds: float) -> None:
        """Starts it. Raises ServerFailed."""
        ...

    async def round(self, work: Work, seconds: float) -> Done:
        """What came of one round. Raises ServerFailed."""
        ...

    async def close(self) -> None:
        """Ends it."""
        ...


class Rounds:
    """One scenario that is being run.

    A subject that fails is left out from then on, and the others go on.

    Args:
        scenario: which.
        extent: how much of it.
        drawing: gives the items.
        run: runs something asynchronous to its end; the same loop every time.
        step: called after each piece of work, with what part it was of all rounds.
        worker: makes a worker for a subject.
        clock: seconds, for the budget.
    """

    def __init__(
        self,
        scenario: Scenario,
        extent: Extent,
        drawing: Drawing,
        *,
        run: Callable[[Any], Any],
        step: Callable[[float], None] = lambda _: None,
        worker: Callable[[str], Opened] = WorkerProcess,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.found = Found(key=scenario.key)
        self._scenario = scenario
        self._extent = extent
        self._drawing = drawing
        self._run = run
        self._step = step
        self._make = worker
        self._clock = clock
        self._workers: dict[str, Opened] = {}

    @property
    def subjects(self) -> list[str]:
        """Who takes part, and has not failed."""
        out = {*self._extent.without, *self.found.lacking}
        return [name for name in self._scenario.subjects if name not in out]

    def measure(self, options: Options) -> Found:
        """Opens, warms up, goes through the rounds, closes; also when it is interrupted."""
        try:
            self._open(options)
            self._warm_up()
            for number in self._numbers():
                for point in self._extent.points:
                    self._work(point, number)
        finally:
            with undisturbed():
                self._run(self._close())
        return self.found

    async def _close(self) -> None:
        await asyncio.gather(*(worker.close() for worker in self._workers.values()))

    def _open(self, options: Options) -> None:
        # One after another: engines that load at once would be told to be slow, or run out of time.
        for name in self.subjects:
            worker = self._workers[name] = self._make(name)
            with self._failing(name):
                self._run(worker.open(options, OPEN_SECONDS))
                self.found.facts[name] = worker.facts

    def _warm_up(self) -> None:
        """Whatever is slow the first time is over when rounds begin."""
        items = self._drawing.drawn(self._scenario.draw, self._extent.warm_up)
        if not items:
            return
        for name in self.subjects:
            with self._failing(name):
                self._run(self._workers[name].round(Work(Closed(len(items)), items), ROUND_SECONDS))

    def _numbers(self) -> Iterator[int]:
        """Numbers of rounds, as long as there is time for another."""
        began = self._clock()
        for number in range(self._extent.rounds):
            taken = self._clock() - began
            over = taken + taken / max(number, 1) > self._extent.seconds
            if not self.subjects or (number >= self._extent.least and over):
                break
            yield number

    def _work(self, point: Point, number: int) -> None:
        asked = [name for name in self.subjects if not point.subjects or name in point.subjects]
        if not asked:
            return
        items = self._drawing.drawn(self._scenario.draw, point.items)
        for name in order(asked, number):
            with self._failing(name):
                work = Work(point.load, items)
                done = self._run(self._workers[name].round(work, ROUND_SECONDS))
                self.found.cells.append(_cell(name, point.name, number, items, done))
            pieces = len(asked) * len(self._extent.points) * self._extent.rounds
            self._step(1 / pieces)

    @contextlib.contextmanager
    def _failing(self, name: str) -> Iterator[None]:
        try:
            yield
        except ServerFailed as error:
            self.found.lacking[name] = " ".join(error.message.split())


def _cell(subject: str, point: str, number: int, items: Sequence[Item], done: Done) -> Cell:
    return Cell(
        subject=subject,
        point=point,
        round=number,
        wall=done.wall,
        measures=measured(items, done),
        answers=[
            Taken(at=got.at, last=got.last, first=got.first, caller=got.caller, error=got.error)
            for got in done.answers
        ],
        stages=_stages(done.answers),
    )


def _stages(answers: Sequence[Answer]) -> list[tuple[str, float, float]]:
    """Of the answer in the middle, by its first piece."""
    staged = [got for got in answers if not got.error and got.extra.get("stages")]
    if not staged:
        return []
    middle = sorted(staged, key=lambda got: got.first or got.last)[(len(staged) - 1) // 2]
    return [(str(name), float(begin), float(end)) for name, begin, end in middle.extra["stages"]]
