"""What AIService's two ways cost, and whether many at once starve each other.

First commands alone, which templates understand; then as many commands in a mix with talk that
needs the language model. Each caller asks one thing after another, as a thin client does. Reported
by the way that each answer says it went: how many, the median, the slowest; and what was refused.

    python perf/aiservice.py --callers 64
    python perf/aiservice.py --command "Turn on the hall light." --json

Needs a running AIService, Triton and home (`tritone up`). Commands are really done: lights flicker.
Those for one light are done one after the other; name several to measure how many can be done.
"""

import asyncio
import itertools
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import grpc
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc

__all__ = ["main"]

COMMANDS = ("Turn on the kitchen light.", "Turn off the kitchen light.")
TALK = (
    "What do you think of the weather, number {}?",
    "Tell me something about the number {}.",
    "I have been thinking about {} sheep all day.",
)
WAYS = {ai_pb2.PATH_TEMPLATE: "template", ai_pb2.PATH_MODEL: "model"}


@dataclass
class Taken:
    """What a round of queries took.

    Attributes:
        seconds: of each answer, by the way it went.
        refused: queries without an answer, by gRPC's status.
        done: actions that were seen to be done, and those that were not.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    done: Counter[bool] = field(default_factory=Counter)
    whole: float = 0.0


async def asked(
    stub: ai_pb2_grpc.AIServiceStub, texts: Iterator[str], each: int, source: str, taken: Taken
) -> None:
    """One caller."""
    for text in itertools.islice(texts, each):
        began = time.perf_counter()
        try:
            request = ai_pb2.QueryRequest(text=text, source=source)
            answer = await stub.Query(request, timeout=120)
        except grpc.aio.AioRpcError as error:
            taken.refused[error.code().name] += 1
            continue
        way = WAYS.get(answer.path, "unknown")
        taken.seconds.setdefault(way, []).append(time.perf_counter() - began)
        taken.done.update(action.verified for action in answer.actions)


async def round_of(
    address: str, callers: list[tuple[Iterator[str], int]], progress: Progress, name: str
) -> Taken:
    """Callers at once, each with a connection of its own, its texts and how many it asks."""
    taken = Taken()
    task = progress.add_task(name, total=len(callers))
    alone = [("grpc.use_local_subchannel_pool", 1)]

    async def caller(number: int, texts: Iterator[str], each: int) -> None:
        async with grpc.aio.insecure_channel(address, options=alone) as channel:
            stub = ai_pb2_grpc.AIServiceStub(channel)
            await asked(stub, texts, each, f"perf {number}", taken)
        progress.advance(task)

    began = time.perf_counter()
    await asyncio.gather(
        *(caller(number, texts, each) for number, (texts, each) in enumerate(callers))
    )
    taken.whole = time.perf_counter() - began
    return taken


def rows(name: str, taken: Taken) -> list[dict[str, Any]]:
    """The figures of a round, a row for each way."""
    found = []
    for way, seconds in sorted(taken.seconds.items()):
        found.append(
            {
                "round": name,
                "way": way,
                "answers": len(seconds),
                "median_ms": round(statistics.median(seconds) * 1000, 2),
                "slowest_ms": round(max(seconds) * 1000, 2),
                "per_second": round(len(seconds) / taken.whole, 2),
            }
        )
    return found


def main(
    callers: Annotated[
        int, typer.Option(help="Callers at once in the mix; half of them talk.")
    ] = 64,
    each: Annotated[int, typer.Option(help="Commands of a caller.")] = 8,
    talks: Annotated[int, typer.Option(help="Questions of a caller that talks.")] = 2,
    command: Annotated[list[str] | None, typer.Option(help="A command; repeatable.")] = None,
    address: Annotated[str, typer.Option(help="AIService.")] = "127.0.0.1:50052",
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines instead of a table.")] = False,
) -> None:
    """Measure templates against the language model, alone and in a mix."""
    commands = itertools.cycle(command or COMMANDS)
    numbers = itertools.count(time.time_ns() % 10**6)  # no two alike, for there are caches
    talk = (next(texts).format(next(numbers)) for texts in itertools.repeat(itertools.cycle(TALK)))
    commanding, talking = [(commands, each)] * (callers // 2), [(talk, talks)] * (callers // 2)

    async def all_rounds(progress: Progress) -> dict[str, Taken]:
        await round_of(address, [(commands, 1), (talk, 1)], progress, "warm up")
        alone = await round_of(address, commanding, progress, "commands alone")
        mixed = [one for both in zip(commanding, talking, strict=True) for one in both]
        return {"alone": alone, "mix": await round_of(address, mixed, progress, "in a mix")}

    with Progress(console=Console(stderr=True)) as progress:
        taken = asyncio.run(all_rounds(progress))
    found = [row for name, one in taken.items() for row in rows(name, one)]
    for name, one in taken.items():
        refused, unseen = dict(one.refused), one.done[False]
        found.append({"round": name, "refused": refused, "done": one.done[True], "unseen": unseen})
    if as_json:
        for row in found:
            typer.echo(json.dumps(row))
        return
    table = Table("round", "way", "answers", "median", "slowest", "per second")
    for row in found:
        if "way" in row:
            times = [f"{row[name]:,.1f} ms" for name in ("median_ms", "slowest_ms")]
            table.add_row(
                row["round"], row["way"], str(row["answers"]), *times, f"{row['per_second']:.1f}"
            )
    Console().print(table)
    for row in found:
        if "refused" in row:
            typer.echo(
                f"{row['round']}: {row['done']} actions seen to be done, {row['unseen']} not; "
                f"refused: {row['refused'] or 'none'}"
            )


if __name__ == "__main__":
    typer.run(main)
