"""What the edge costs: the same requests through it and straight to Triton, in turns, as a ratio.

Each round asks both ways, in alternating order, so that whatever else the machine does falls on
both. Reported are the medians over rounds, and their ratio, edge over direct: of the time to the
first token, and of tokens a second (there above 1 would mean that the edge is faster).

    python perf/edge_overhead.py --streams 1 --streams 8
    python perf/edge_overhead.py --new-prompts

The engine keeps the prompt of the rounds before and answers it almost at once, so that what the
edge adds weighs most; with `--new-prompts` every request has one that it has not read yet.

Needs a running Triton and a running edge without keys (`tritone up`).
"""

import asyncio
import contextlib
import itertools
import json
import secrets
import statistics
import time
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tritone.client import Client
from tritone.contract import LLM, LlmRequest

__all__ = ["main"]

PROMPT = "Count from one to fifty in words, separated by commas."


@dataclass(frozen=True, slots=True)
class Taken:
    """One stream: seconds to the first token and to the last, and how many pieces came."""

    first: float
    last: float
    pieces: int


async def direct(client: Client, tokens: int, prompt: str) -> Taken:
    """One stream from Triton itself."""
    request = LlmRequest(
        messages=json.dumps([{"role": "user", "content": prompt}]),
        max_tokens=tokens,
        temperature=0.0,
        stream=True,
    )
    began = time.perf_counter()
    async with contextlib.aclosing(client.stream(LLM, request)) as responses:
        times = [time.perf_counter() async for response in responses if response.text_output]
    return Taken(times[0] - began, times[-1] - began, len(times))


async def edge(client: httpx.AsyncClient, tokens: int, prompt: str) -> Taken:
    """One stream through the edge."""
    body = {
        "model": "llm",
        "messages": [{"role": "user", "content": prompt}],
        "max_tokens": tokens,
        "temperature": 0.0,
        "stream": True,
    }
    began = time.perf_counter()
    async with client.stream("POST", "/v1/chat/completions", json=body) as answer:
        answer.raise_for_status()
        times = [time.perf_counter() async for line in answer.aiter_lines() if _content(line)]
    return Taken(times[0] - began, times[-1] - began, len(times))


def _content(line: str) -> bool:
    if not line.startswith("data: {"):
        return False
    choices = json.loads(line.removeprefix("data: "))["choices"]
    return bool(choices and choices[0]["delta"].get("content"))


async def measure(
    grpc: str, url: str, streams: int, rounds: int, tokens: int, new_prompts: bool
) -> dict[str, float]:
    """The medians of both ways and their ratios, with `streams` callers at once."""
    numbers = itertools.count(secrets.randbelow(10**6) * 10**4)

    def prompts() -> list[str]:
        """What the callers of a round ask."""
        tickets = [f"Ticket {next(numbers)}. " if new_prompts else "" for _ in range(streams)]
        return [ticket + PROMPT for ticket in tickets]

    found: dict[str, list[float]] = {
        name: [] for name in ("direct_first", "edge_first", "direct_rate", "edge_rate")
    }
    async with Client(grpc) as triton, httpx.AsyncClient(base_url=url, timeout=120) as http:
        ways: dict[str, Any] = {
            "direct": lambda prompt: direct(triton, tokens, prompt),
            "edge": lambda prompt: edge(http, tokens, prompt),
        }
        for each in ways.values():  # both warm: channel, prompt cache
            await asyncio.gather(*map(each, prompts()))
        for number in track(range(rounds), f"{streams} streams", console=Console(stderr=True)):
            for name in sorted(ways, reverse=bool(number % 2)):
                began = time.perf_counter()
                taken = await asyncio.gather(*map(ways[name], prompts()))
                seconds = time.perf_counter() - began
                found[f"{name}_first"].append(statistics.median(one.first for one in taken))
                found[f"{name}_rate"].append(sum(one.pieces for one in taken) / seconds)
    medians = {name: statistics.median(values) for name, values in found.items()}
    return {
        "streams": streams,
        **medians,
        # Per round, since rounds differ more than the two ways do.
        "first_ratio": _ratio(found["edge_first"], found["direct_first"]),
        "rate_ratio": _ratio(found["edge_rate"], found["direct_rate"]),
    }


def _ratio(one: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def main(
    streams: Annotated[list[int] | None, typer.Option(help="Callers at once; repeatable.")] = None,
    rounds: Annotated[int, typer.Option(help="Rounds of each way.")] = 20,
    tokens: Annotated[int, typer.Option(help="Tokens an answer has at most.")] = 64,
    new_prompts: Annotated[
        bool, typer.Option("--new-prompts", help="Ask what the engine has not read yet.")
    ] = False,
    grpc: Annotated[str, typer.Option(help="Triton's gRPC.")] = "127.0.0.1:8001",
    url: Annotated[str, typer.Option(help="The edge.")] = "http://127.0.0.1:8080",
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines instead of a table.")] = False,
) -> None:
    """Measure the edge against Triton itself."""
    rows = [
        asyncio.run(measure(grpc, url, count, rounds, tokens, new_prompts))
        for count in streams or [1, 8]
    ]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row))
        return
    table = Table("streams", "", "direct", "edge", "edge / direct")
    for row in rows:
        first = f"{row['direct_first'] * 1000:.1f} ms", f"{row['edge_first'] * 1000:.1f} ms"
        rate = f"{row['direct_rate']:.1f}/s", f"{row['edge_rate']:.1f}/s"
        table.add_row(str(row["streams"]), "first token", *first, f"{row['first_ratio']:.3f}")
        table.add_row("", "tokens", *rate, f"{row['rate_ratio']:.3f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
