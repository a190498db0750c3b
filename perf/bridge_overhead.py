"""What NATS and the bridge cost: the same work through them and straight to Triton, in turns.

A job embeds one short text that the model has not seen; a chat is asked as the bridge asks it. Each
round does both ways, in alternating order, so that whatever else the machine does falls on both.
Reported are the medians over rounds: milliseconds that the bridge adds at the median request (for
a chat: to its first chunk), and the throughput with that many callers, bridge over direct.

    python perf/bridge_overhead.py --callers 1 --callers 8
    python perf/bridge_overhead.py --only embedding --rounds 50

Needs a running Triton, NATS server and bridge (`tritone up`). The caller is as quick as one can be:
nats-py with our structs, subscribed once for all answers.
"""

import asyncio
import contextlib
import enum
import itertools
import json
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Self

import typer
from nats.aio.msg import Msg
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tritone.client import Client
from tritone.contract import CHAT, EMBEDDER, EmbedRequest, LlmRequest
from tritone.errors import from_wire
from tritone.messages import ChatMessage, encode
from tritone.nats import subjects
from tritone.nats.connection import NATS, connect
from tritone.nats.wire import ChatChunk, ChatRequest, Job, JobAnswer, Message, pack, unpack

__all__ = ["main"]

PROMPT = "Count from one to twenty in words, separated by commas."
ANSWER_SECONDS = 120.0


class Work(enum.StrEnum):
    """What is asked for."""

    embedding = "embedding"
    chat = "chat"


@dataclass(frozen=True, slots=True)
class Taken:
    """One request: seconds to its first answer and to its end, and how much there was of it."""

    first: float
    last: float
    amount: int


class Direct:
    """Straight to Triton."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def embedding(self, number: int) -> Taken:
        """One text."""
        began = time.perf_counter()
        await self._client.infer(EMBEDDER, EmbedRequest(text=_text(number)))
        taken = time.perf_counter() - began
        return Taken(taken, taken, 1)

    async def chat(self, _: int) -> Taken:
        """One answer, as it is written."""
        said = encode([ChatMessage(role="user", content=PROMPT)])
        began = time.perf_counter()
        request = LlmRequest(messages=said, stream=True)
        async with contextlib.aclosing(self._client.stream(CHAT, request)) as responses:
            pieces = [
                (time.perf_counter(), len(each.text_output))
                async for each in responses
                if each.text_output
            ]
        return _taken(began, pieces)


class Bridged:
    """Over NATS."""

    def __init__(self, nats: NATS) -> None:
        self._nats = nats
        self._js = nats.jetstream()
        self._inboxes: dict[str, asyncio.Queue[Msg]] = {}

    async def listen(self) -> Self:
        """Hears all answers from now on."""
        for subject in ("ai.pipeline.embedding.response.*", "ai.chat.response.stream.*"):
            await self._nats.subscribe(subject, cb=self._came)
        return self

    async def _came(self, message: Msg) -> None:
        inbox = self._inboxes.get(message.subject.rpartition(".")[2])
        if inbox is not None:
            inbox.put_nowait(message)

    async def _ask(self, subject: str, request: Message) -> asyncio.Queue[Msg]:
        inbox = self._inboxes[request.request_id] = asyncio.Queue()
        await self._js.publish(subject, pack(request))
        return inbox

    async def embedding(self, number: int) -> Taken:
        """One text."""
        job = Job(request_id=str(uuid.uuid4()), payload={"texts": [_text(number)]})
        began = time.perf_counter()
        inbox = await self._ask(subjects.pipeline_request("embedding"), job)
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = unpack(JobAnswer, (await inbox.get()).data)
        taken = time.perf_counter() - began
        del self._inboxes[job.request_id]
        if answer.error is not None:
            raise from_wire(f"{answer.error.code}: {answer.error.message}")
        return Taken(taken, taken, 1)

    async def chat(self, number: int) -> Taken:
        """One answer, as it is written."""
        user_id = f"u{number}"
        request = ChatRequest(request_id=str(uuid.uuid4()), user_id=user_id, message=PROMPT)
        began = time.perf_counter()
        inbox = await self._ask(subjects.chat_message(user_id), request)
        pieces: list[tuple[float, int]] = []
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                chunk = unpack(ChatChunk, (await inbox.get()).data)
                if chunk.type == "error":
                    raise from_wire(f"{chunk.code}: {chunk.content}")
                if chunk.done:
                    break
                pieces.append((time.perf_counter(), len(chunk.content)))
        del self._inboxes[request.request_id]
        return _taken(began, pieces)


def _text(number: int) -> str:
    return f"Ticket {number}: the kettle in the kitchen does not switch itself off."


def _taken(began: float, pieces: list[tuple[float, int]]) -> Taken:
    """The amount is in characters: the bridge may join pieces."""
    return Taken(pieces[0][0] - began, pieces[-1][0] - began, sum(size for _, size in pieces))


async def measure(
    grpc: str, url: str, work: Work, callers: int, rounds: int, each: int
) -> dict[str, float | str]:
    """The medians of both ways, what the bridge adds, and the ratios, with so many callers."""
    numbers = itertools.count(time.time_ns() % 10**12)
    found: dict[str, list[float]] = {
        name: [] for name in ("direct_first", "bridge_first", "direct_rate", "bridge_rate")
    }
    nats = await connect(url, name="bridge-overhead")
    try:
        async with Client(grpc) as client:
            bridged, direct = await Bridged(nats).listen(), Direct(client)
            ways: dict[str, Callable[[int], Awaitable[Taken]]] = {
                "direct": getattr(direct, work.value),
                "bridge": getattr(bridged, work.value),
            }

            async def caller(way: str) -> list[Taken]:
                return [await ways[way](next(numbers)) for _ in range(each)]

            for way in ways:  # both warm: channel, prompt cache, streams
                await caller(way)
            for number in track(
                range(rounds), f"{work.value}, {callers} callers", console=Console(stderr=True)
            ):
                for way in sorted(ways, reverse=bool(number % 2)):
                    began = time.perf_counter()
                    taken = await asyncio.gather(*(caller(way) for _ in range(callers)))
                    seconds = time.perf_counter() - began
                    all_taken = list(itertools.chain(*taken))
                    found[f"{way}_first"].append(statistics.median(one.first for one in all_taken))
                    found[f"{way}_rate"].append(sum(one.amount for one in all_taken) / seconds)
    finally:
        await nats.close()
    added = [a - b for a, b in zip(found["bridge_first"], found["direct_first"], strict=True)]
    return {
        "work": work.value,
        "callers": callers,
        **{name: statistics.median(values) for name, values in found.items()},
        # Per round, since rounds differ more than the two ways do.
        "added_ms": statistics.median(added) * 1000,
        "first_ratio": _ratio(found["bridge_first"], found["direct_first"]),
        "rate_ratio": _ratio(found["bridge_rate"], found["direct_rate"]),
    }


def _ratio(one: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def main(
    callers: Annotated[list[int] | None, typer.Option(help="Callers at once; repeatable.")] = None,
    only: Annotated[Work | None, typer.Option(help="One kind of work.")] = None,
    rounds: Annotated[int, typer.Option(help="Rounds of each way.")] = 20,
    jobs: Annotated[int, typer.Option(help="Jobs of each caller in a round.")] = 50,
    grpc: Annotated[str, typer.Option(help="Triton's gRPC.")] = "127.0.0.1:8001",
    url: Annotated[str, typer.Option(help="The NATS server.")] = "nats://127.0.0.1:4222",
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines instead of a table.")] = False,
) -> None:
    """Measure NATS and the bridge against Triton itself."""
    rows = [
        asyncio.run(measure(grpc, url, work, count, rounds, jobs if work is Work.embedding else 1))
        for work in ([only] if only else Work)
        for count in callers or [1, 8]
    ]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row))
        return
    table = Table("work", "callers", "", "direct", "bridge", "bridge / direct", "added")
    for row in rows:
        first = [f"{float(row[name]) * 1000:.2f} ms" for name in ("direct_first", "bridge_first")]
        rate = [f"{float(row[name]):.1f}/s" for name in ("direct_rate", "bridge_rate")]
        unit = "jobs" if row["work"] == Work.embedding.value else "characters"
        ratios = [f"{float(row[name]):.3f}" for name in ("first_ratio", "rate_ratio")]
        added = f"{float(row['added_ms']):.2f} ms"
        table.add_row(str(row["work"]), str(row["callers"]), "first", *first, ratios[0], added)
        table.add_row("", "", unit, *rate, ratios[1], "")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
