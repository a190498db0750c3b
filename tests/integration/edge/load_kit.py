"""A mixture of requests, so many at once, and what they did to a server."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TypeVar

import httpx

from tests.integration.conftest import Platform

T = TypeVar("T")


def mixed(counts: Mapping[str, int], share: int = 1) -> list[str]:
    """Kinds of requests, or a part of them, in an order that is always the same."""
    kinds = [kind for kind, count in counts.items() for _ in range(count // share)]
    random.Random(7).shuffle(kinds)
    return kinds


async def run(
    ask: Callable[[str], Awaitable[T]], kinds: list[str], at_once: int
) -> AsyncIterator[T]:
    """What comes of each kind asked, as it comes."""
    waiting = iter(kinds)
    running: set[asyncio.Future[T]] = set()
    while True:
        while len(running) < at_once and (kind := next(waiting, None)):
            running.add(asyncio.ensure_future(ask(kind)))
        if not running:
            return
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            yield task.result()


def served(server: Platform) -> int:
    """Requests that a server's present process answered."""
    # A Triton that starts opens gRPC, by which others see it, before HTTP.
    with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as client:
        rows = client.get(f"{server.http}/v2/models/stats").json()["model_stats"]
    return sum(int(row["inference_count"]) for row in rows)
