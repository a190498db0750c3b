"""What happens when far more comes than the edge can bear.

First one caller alone, then as many as there are places, each asking again as soon as it is
answered: the second gives the capacity. Then requests arrive at ten times that rate, whether
earlier ones are answered or not. Reported are the latency of those that were accepted, beside the
two before; how long a refusal took, from sending the request to having its 429; requests without
any answer; and the memory of the edge's process.

    python perf/overload.py --pid $(pgrep -f 'python -m edge')

Needs a running edge on this machine with nobody else using it. This program shares the cores with
what it measures: `lag` says how late it was itself in sending.
"""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Annotated, Any, Final

import httpx
import psutil
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

__all__ = ["main"]

PROMPT: Final = "Count from one to fifty in words, separated by commas."
MIB: Final = 1024**2
_HUNG: Final = 0  # in place of a status
_BROKEN: Final = -1


@dataclass(frozen=True, slots=True)
class Answer:
    """One request: its status, and the seconds until its last byte."""

    status: int
    seconds: float


@dataclass(slots=True)
class Load:
    """Asks the edge. `lag`: seconds by which sending was late, at most."""

    client: httpx.AsyncClient
    tokens: int
    patience: float
    lag: float = 0.0
    answers: list[Answer] = field(default_factory=list)

    async def ask(self, due: float | None = None) -> Answer:
        """One request; with `due`, when it should have been sent, on the loop's clock."""
        if due is not None:
            self.lag = max(self.lag, asyncio.get_running_loop().time() - due)
        body = {
            "model": "llm",
            "messages": [{"role": "user", "content": PROMPT}],
            "max_tokens": self.tokens,
            "temperature": 0.0,
        }
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self.patience):
                status = (await self.client.post("/v1/chat/completions", json=body)).status_code
        except (TimeoutError, httpx.TimeoutException):
            status = _HUNG
        except httpx.HTTPError:
            status = _BROKEN
        answer = Answer(status, time.perf_counter() - began)
        self.answers.append(answer)
        return answer

    async def closed(self, callers: int, seconds: float) -> list[Answer]:
        """The answers of so many callers, each of whom asks again at once, until the time is up."""
        until = time.perf_counter() + seconds

        async def caller() -> list[Answer]:
            found = [await self.ask()]
            while time.perf_counter() < until:
                found.append(await self.ask())
            return found

        return list(chain(*await asyncio.gather(*(caller() for _ in range(callers)))))

    async def opened(self, rate: float, seconds: float) -> list[Answer]:
        """The answers to requests that come at a rate, each at its time."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        async with asyncio.TaskGroup() as group:
            tasks = []
            for number in range(round(rate * seconds)):
                due = begin + number / rate
                await asyncio.sleep(max(0.0, due - loop.time()))
                tasks.append(group.create_task(self.ask(due)))
        return [task.result() for task in tasks]


@dataclass(slots=True)
class Memory:
    """Bytes of a process: before, at most, and after."""

    before: int = 0
    peak: int = 0
    after: int = 0


@contextlib.asynccontextmanager
async def watched(pid: int | None) -> AsyncIterator[Memory | None]:
    """The memory of a process while the block runs."""
    if pid is None:
        yield None
        return
    process, memory = psutil.Process(pid), Memory()
    memory.before = memory.peak = process.memory_info().rss

    async def look() -> None:
        while True:
            await asyncio.sleep(0.1)
            memory.peak = max(memory.peak, process.memory_info().rss)

    looking = asyncio.create_task(look())
    try:
        yield memory
    finally:
        looking.cancel()
        memory.after = process.memory_info().rss


def quantile(values: list[float], part: float) -> float | None:
    """The value that so large a part of all is not above; None of none."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else None


def told(answers: list[Answer], status: int = 200) -> dict[str, float | int | None]:
    """Count, median, p95, p99 and maximum of the seconds of one status."""
    seconds = [answer.seconds for answer in answers if answer.status == status]
    parts = {"median": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"count": len(seconds)} | {name: quantile(seconds, part) for name, part in parts.items()}


async def measure(
    load: Load, callers: int, factor: float, seconds: float, warm_up: float, pid: int | None
) -> dict[str, Any]:
    """All three phases; their figures."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=3)

        def phase(name: str) -> None:
            progress.update(bar, description=name)

        phase("one caller")
        await load.ask()
        alone = await load.closed(1, warm_up)
        progress.advance(bar)
        phase(f"{callers} callers")
        began = time.perf_counter()
        full = await load.closed(callers, warm_up)
        capacity = sum(one.status == 200 for one in full) / (time.perf_counter() - began)
        if not capacity:
            statuses = Counter(answer.status for answer in load.answers)
            raise SystemExit(f"nothing was answered with 200, but {dict(statuses)}")
        progress.advance(bar)
        phase(f"{factor:g} times as many, {capacity * factor:.0f} a second")
        load.lag = 0.0
        async with watched(pid) as memory:
            flood = await load.opened(capacity * factor, seconds)
        progress.advance(bar)
    return {
        "capacity_per_second": capacity,
        "arrivals_per_second": capacity * factor,
        "arrivals": len(flood),
        "alone": told(alone),
        "full": told(full),
        "accepted": told(flood),
        "refused": told(flood, 429),
        "others": {
            str(status): count
            for status, count in Counter(answer.status for answer in flood).items()
            if status not in (200, 429, _HUNG)
        },
        "hung": sum(answer.status == _HUNG for answer in flood),
        "late_refusals": sum(one.status == 429 and one.seconds > 0.05 for one in flood),
        "lag": load.lag,
        "memory": asdict(memory) if memory else None,
    }


def show(found: dict[str, Any]) -> None:
    """Draws the figures."""
    table = Table("", "requests", "median", "p95", "p99", "max")
    names = {
        "alone": "one caller, answered",
        "full": "all places taken, answered",
        "accepted": "overload, answered",
        "refused": "overload, refused (429)",
    }
    for key, name in names.items():
        row = found[key]
        figures = (row[part] for part in ("median", "p95", "p99", "max"))
        shown = ("-" if one is None else f"{one * 1000:,.0f} ms" for one in figures)
        table.add_row(name, str(row["count"]), *shown)
    console = Console()
    console.print(table)
    lines = [
        f"capacity {found['capacity_per_second']:.1f}/s; "
        f"{found['arrivals']} arrived at {found['arrivals_per_second']:.1f}/s",
        f"without an answer: {found['hung']}; other answers: {found['others'] or 'none'}",
        f"refusals later than 50 ms: {found['late_refusals']}; "
        f"this program was late by {found['lag'] * 1000:.0f} ms at most",
    ]
    if memory := found["memory"]:
        before, peak, after = (memory[name] / MIB for name in ("before", "peak", "after"))
        lines.append(f"memory: {before:.1f} MiB before, {peak:.1f} at most, {after:.1f} after")
    if found["accepted"]["median"] and found["full"]["median"]:
        ratio = found["accepted"]["median"] / found["full"]["median"]
        lines.append(f"accepted, overload / all places taken: {ratio:.2f} (medians)")
    console.print("\n".join(lines), highlight=False)


def main(
    url: Annotated[str, typer.Option(help="The edge.")] = "http://127.0.0.1:8080",
    key: Annotated[str, typer.Option(help="API key, where one is needed.")] = "",
    pid: Annotated[
        int | None, typer.Option(help="Process of the edge, for its memory.", show_default=False)
    ] = None,
    callers: Annotated[int, typer.Option(help="Callers that take all places.", min=1)] = 8,
    factor: Annotated[float, typer.Option(help="Arrivals over capacity.", min=0.1)] = 10.0,
    seconds: Annotated[float, typer.Option(help="How long the overload lasts.", min=1)] = 30.0,
    warm_up: Annotated[float, typer.Option(help="Seconds of each phase before.", min=1)] = 10.0,
    tokens: Annotated[int, typer.Option(help="Tokens an answer has at most.", min=1)] = 32,
    patience: Annotated[float, typer.Option(help="Seconds after which one hangs.")] = 120.0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Overload the edge, and measure who is served and who is told to come back."""

    async def run() -> dict[str, Any]:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        # A flood opens many sockets at once: the client must not be what makes requests wait.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        async with httpx.AsyncClient(
            base_url=url, headers=headers, limits=limits, timeout=patience
        ) as client:
            return await measure(
                Load(client, tokens, patience), callers, factor, seconds, warm_up, pid
            )

    found = asyncio.run(run())
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        show(found)


if __name__ == "__main__":
    typer.run(main)
