"""Doubles for the benchmark: subjects without engines, and results that somebody made up."""

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

from perf.bench.results import Cell, Found, Results, Taken
from perf.bench.subjects.base import Answer, Item, Options

__all__ = ["Echo", "cell", "chat", "found", "results"]


def chat(text: str = "hello", **fields: Any) -> Item:
    """Something to answer in writing."""
    return Item(kind="chat", text=text, **fields)


class Echo:
    """A subject that says what it was asked, and remembers how many asked at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.asked: list[str] = []
        self.now = self.most = 0
        self.opened: Options | None = None
        self.closed = False

    async def open(self, options: Options) -> Mapping[str, Any]:
        self.opened = options
        return {"version": "1", "pids": [os.getpid()]}

    async def one(self, item: Item) -> Answer:
        self.asked.append(item.text)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.seconds)
            if item.text == "fail":
                raise ValueError("it\nwas asked to")
            return Answer(last=self.seconds, extra={"text": item.text})
        finally:
            self.now -= 1

    async def close(self) -> None:
        self.closed = True


def cell(subject: str, point: str, number: int, **measures: float) -> Cell:
    """One subject under one load in one round."""
    return Cell(
        subject=subject,
        point=point,
        round=number,
        wall=1.0,
        measures=measures,
        answers=[Taken(at=0.0, last=1.0)],
    )


def found(key: str, *cells: Cell, **fields: Any) -> Found:
    """What a scenario found."""
    return Found(key=key, cells=list(cells), **fields)


def results(*each: Found, change: Callable[[Results], None] = lambda _: None) -> Results:
    """A run of two cores that found these."""
    made = Results(
        began="2030-01-01T00:00:00+00:00",
        seed=7,
        extent="quick",
        commit="0123456789ab",
        machine={
            "cores": 2,
            "cpu": "a CPU",
            "memory": 8 * 1024**3,
            "system": "Linux",
            "python": "3",
        },
        versions={"engine": "1.0"},
        seconds=60.0,
        found={one.key: one for one in each},
    )
    change(made)
    return made
