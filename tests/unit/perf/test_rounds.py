"""Rounds of a scenario, over workers that only pretend."""

import asyncio
from collections.abc import Callable

import pytest

from perf.bench.loads import Closed
from perf.bench.results import Found
from perf.bench.rounds import Rounds
from perf.bench.scenario import Draw, Extent, Point, Scenario
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.wire import Done, Work
from tests.unit.perf.perf_kit import chat
from tritone.errors import ServerFailed

pytestmark = pytest.mark.unit


class Bench:
    """Pretended workers, items and a clock, and all that was done with them."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.log: list[tuple[str, str]] = []
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.failing: dict[str, int] = {}
        self.number = 0
        self.parts: list[float] = []

    def drawn(self, _draw: Draw, count: int) -> list[Item]:
        self.number += count
        return [chat(str(self.number - count + place)) for place in range(count)]

    def worker(self, name: str) -> "Pretended":
        return Pretended(self, name)

    def measure(self, extent: Extent, *subjects: str) -> Found:
        draw = Draw(kind="chat")
        scenario = Scenario(
            key="key", title="", about="", subjects=subjects, draw=draw, full=extent
        )
        with asyncio.Runner() as loop:
            return Rounds(
                scenario,
                extent,
                self,
                run=loop.run,
                step=self.parts.append,
                worker=self.worker,
                clock=lambda: self.seconds,
            ).measure(Options())


class Pretended:
    """A worker for whom every round takes a second of the clock."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.facts = {"name": name}
        self._bench = bench
        self._name = name

    async def open(self, _options: Options, _seconds: float) -> None:
        self._bench.log.append((self._name, "open"))
        self._fail()

    async def round(self, work: Work, _seconds: float) -> Done:
        self._bench.seconds += 1.0
        self._fail()
        self._bench.asked.append((self._name, tuple(item.text for item in work.items)))
        stages = [["stt", 0.0, 0.1], ["llm", 0.1, 0.2]]
        answers = [Answer(first=0.2, last=0.3, extra={"stages": stages}) for _ in work.items]
        return Done(wall=1.0, answers=answers)

    async def close(self) -> None:
        self._bench.log.append((self._name, "close"))

    def _fail(self) -> None:
        left = self._bench.failing.get(self._name)
        if left is not None:
            self._bench.failing[self._name] = left - 1
            if left <= 0:
                raise ServerFailed(f"{self._name} is gone")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def extent(rounds: int = 2, seconds: float = 1000.0, **fields) -> Extent:
    points = fields.pop("points", (Point("1", Closed(1), 2), Point("4", Closed(4), 3)))
    return Extent(points=points, rounds=rounds, seconds=seconds, warm_up=1, **fields)


def test_subjects_of_a_round_get_the_same_items(bench: Bench):
    """For each load of a round there are fresh items, and everybody is asked those."""
    bench.measure(extent(), "a", "b")
    rounds = bench.asked[2:]  # after the warm-up
    for first, second in zip(rounds[::2], rounds[1::2], strict=True):
        assert first[1] == second[1]
    every = [items for _, items in rounds[::2]]
    assert len({text for items in every for text in items}) == sum(map(len, every))


def test_order_changes_from_round_to_round(bench: Bench):
    """Who comes first in one round comes last in the next."""
    bench.measure(extent(points=(Point("1", Closed(1), 1),)), "a", "b")
    assert [name for name, _ in bench.asked[2:]] == ["a", "b", "b", "a"]


def test_cells_know_round_and_load(bench: Bench):
    """Each has its figures, and the stages of its middle answer."""
    found = bench.measure(extent(), "a")
    assert [(cell.point, cell.round) for cell in found.cells] == [
        ("1", 0),
        ("4", 0),
        ("1", 1),
        ("4", 1),
    ]
    assert found.series("a", "4", "first") == {0: 0.2, 1: 0.2}
    assert found.cells[0].stages == [("stt", 0.0, 0.1), ("llm", 0.1, 0.2)]


def test_no_round_is_begun_that_would_end_late(bench: Bench):
    """With four seconds a round and eleven allowed there are two."""
    found = bench.measure(extent(rounds=9, seconds=11.0), "a", "b")
    assert max(cell.round for cell in found.cells) + 1 == 2


def test_least_rounds_are_done_in_any_case(bench: Bench):
    """However slow the machine is, there is something to compare."""
    found = bench.measure(extent(rounds=9, seconds=0.1, least=3), "a", "b")
    assert max(cell.round for cell in found.cells) + 1 == 3


def test_subject_that_fails_is_left_out(bench: Bench):
    """The others go on, and the reason is kept."""
    bench.failing["b"] = 3  # opened, warmed up, one load, and then no more
    found = bench.measure(extent(), "a", "b")
    assert found.lacking == {"b": "b is gone"}
    assert len([cell for cell in found.cells if cell.subject == "a"]) == 4
    assert len([cell for cell in found.cells if cell.subject == "b"]) == 1


def test_nothing_goes_on_without_subjects(bench: Bench):
    """When all failed there are no more rounds."""
    bench.failing["a"] = 0
    found = bench.measure(extent(), "a")
    assert found.cells == []
    assert found.lacking == {"a": "a is gone"}


def test_points_of_some_subjects(bench: Bench):
    """A load may be for some alone."""
    points = (Point("8", Closed(8), 1, ("a",)), Point("1", Closed(1), 1, ("b",)))
    found = bench.measure(extent(points=points), "a", "b")
    assert {(cell.subject, cell.point) for cell in found.cells} == {("a", "8"), ("b", "1")}


def test_subjects_that_an_extent_leaves_out_are_not_opened(bench: Bench):
    """They cost nothing."""
    bench.measure(extent(without=("b",)), "a", "b")
    assert bench.log == [("a", "open"), ("a", "close")]


def test_progress_adds_up(bench: Bench):
    """All pieces of work together are the whole."""
    bench.measure(extent(), "a", "b")
    assert sum(bench.parts) == pytest.approx(1.0)


def test_interrupt_closes_every_worker(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """Whatever ends the rounds, nobody is left running."""

    def interrupted(*_: object) -> Callable[[], None]:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "drawn", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bench.measure(extent(), "a", "b")
    assert bench.log[-2:] == [("a", "close"), ("b", "close")]
