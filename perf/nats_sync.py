"""What it costs that acknowledged means on disk: `sync_interval: always` against the default.

Two nats-servers of this script's own run side by side, with their stores on the same disk. Each
round asks both, in alternating order, so that whatever else the machine does falls on both:
messages that are published one after another, each awaiting its acknowledgement, and ten times as
many of many publishers at once. Reported are the medians over rounds, and the median of the rounds'
ratios, `always` over default: of the time to an acknowledgement, and of acknowledged messages a
second.

    python perf/nats_sync.py
    python perf/nats_sync.py --size 200000 --at-once 8 --store /var/lib

A stream in memory is measured too: it does not touch the disk, and its ratios should be near 1.
Tritone's answers while they are written, which are most of its messages, are of that kind.
"""

import asyncio
import contextlib
import itertools
import json
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer
from nats.js import JetStreamContext
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tritone.launcher.nats_server import NatsServer
from tritone.nats.connection import connect
from tritone.settings import NatsSettings, Settings

__all__ = ["main"]

WAYS = ("default", "always")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(folder: Path, way: str) -> AsyncIterator[JetStreamContext]:
    """JetStream of a server of its own, with a stream on disk and one in memory."""
    ports = NatsSettings(port=_free_port(), monitor_port=0, store=folder / way)
    settings = Settings(home=folder, nats=ports)
    with NatsServer(settings, sync_always=way == "always") as server:
        client = await connect(server.url, name="nats_sync")
        js = client.jetstream()
        for storage in ("file", "memory"):
            await js.add_stream(
                name=storage, subjects=[storage], storage=storage, max_bytes=256 * 1024**2
            )
        try:
            yield js
        finally:
            await client.close()


async def one_by_one(js: JetStreamContext, subject: str, payload: bytes, count: int) -> list[float]:
    """Seconds to each acknowledgement."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        await js.publish(subject, payload)
        taken.append(time.perf_counter() - began)
    return taken


async def at_once(
    js: JetStreamContext, subject: str, payload: bytes, count: int, publishers: int
) -> float:
    """Acknowledged messages a second, of so many publishers."""
    numbers = itertools.count()

    async def publish() -> None:
        while next(numbers) < count:
            await js.publish(subject, payload)

    began = time.perf_counter()
    await asyncio.gather(*(publish() for _ in range(publishers)))
    return count / (time.perf_counter() - began)


async def measure(
    folder: Path, storage: str, size: int, rounds: int, count: int, publishers: int
) -> dict[str, float | str]:
    """The medians of both ways and their ratios, for one storage."""
    payload = bytes(size)
    acks: dict[str, list[float]] = {way: [] for way in WAYS}
    tails: dict[str, list[float]] = {way: [] for way in WAYS}
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    async with serving(folder, "default") as default, serving(folder, "always") as always:
        ways = {"default": default, "always": always}
        for js in ways.values():  # both warm
            await one_by_one(js, storage, payload, 20)
        for number in track(range(rounds), storage, console=Console(stderr=True)):
            for way in sorted(ways, reverse=bool(number % 2)):
                taken = sorted(await one_by_one(ways[way], storage, payload, count))
                acks[way].append(statistics.median(taken))
                tails[way].append(taken[int(len(taken) * 0.95)])
                rate = await at_once(ways[way], storage, payload, 10 * count, publishers)
                rates[way].append(rate)
    return {
        "storage": storage,
        **{f"{way}_ack": statistics.median(acks[way]) for way in WAYS},
        **{f"{way}_ack_p95": statistics.median(tails[way]) for way in WAYS},
        **{f"{way}_rate": statistics.median(rates[way]) for way in WAYS},
        # Per round, since rounds differ more than the two ways may.
        "ack_ratio": _ratio(acks["always"], acks["default"]),
        "ack_p95_ratio": _ratio(tails["always"], tails["default"]),
        "rate_ratio": _ratio(rates["always"], rates["default"]),
    }


def _ratio(one: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def main(
    size: Annotated[int, typer.Option(help="Bytes of a message.")] = 400,
    rounds: Annotated[int, typer.Option(help="Rounds of each way.")] = 10,
    count: Annotated[int, typer.Option(help="Messages a round, one by one.", min=20)] = 300,
    publishers: Annotated[
        int, typer.Option("--at-once", help="Publishers at once, for the rate.")
    ] = 64,
    store: Annotated[
        Path | None, typer.Option(help="A folder on the disk to measure.", exists=True)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines instead of a table.")] = False,
) -> None:
    """Measure what flushing before each acknowledgement costs."""
    with tempfile.TemporaryDirectory(dir=store) as folder:
        rows = [
            asyncio.run(measure(Path(folder) / storage, storage, size, rounds, count, publishers))
            for storage in ("file", "memory")
        ]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row))
        return
    table = Table("storage", "", "default (2 min)", "always", "always / default")
    for row in rows:
        for name, title in (("ack", "acknowledged after"), ("ack_p95", "95 % of them")):
            times = (f"{float(row[f'{way}_{name}']) * 1000:.2f} ms" for way in WAYS)
            table.add_row(str(row["storage"]), title, *times, f"{row[f'{name}_ratio']:.2f}")
        speeds = (f"{row[f'{way}_rate']:,.0f}/s" for way in WAYS)
        table.add_row(str(row["storage"]), "messages", *speeds, f"{row['rate_ratio']:.3f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
