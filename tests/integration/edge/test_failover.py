"""A door before two real Tritons, one of which is killed under load."""

import asyncio
import functools
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.integration.conftest import SAMPLES, Platform
from tests.integration.edge.conftest import OpenDoor, open_door
from tests.integration.edge.load_kit import mixed, run, served

pytestmark = [pytest.mark.triton, pytest.mark.timeout(600)]

MIXED = {"stream": 50, "chat": 30, "embed": 60, "rerank": 30, "speak": 20, "hear": 10}
"""200 requests, by kind."""
AT_ONCE = 8


@pytest.fixture
def two(platform: Platform, second: Platform) -> Iterator[OpenDoor]:
    """A door before both, with room for all requests of these tests at once."""
    addresses = [
        f"{each.settings.grpc_url}/{each.settings.metrics_port}" for each in (platform, second)
    ]
    with open_door(
        platform.settings,
        TRITONE_BACKENDS=",".join(addresses),
        TRITONE_IDLE_TIMEOUT="120",
    ) as opened:
        yield opened


@dataclass
class Outcome:
    """How a request ended: its status, whether its stream had begun, and its error."""

    kind: str
    status: int = 0
    begun: bool = False
    error: dict[str, Any] | None = None


async def ask(client: httpx.AsyncClient, kind: str) -> Outcome:
    """One request."""
    if kind == "stream":
        return await converse(client)
    say = {"role": "user", "content": "Count from one to ten in words."}
    match kind:
        case "chat":
            body = {"model": "llm", "max_tokens": 12, "messages": [say]}
            answer = await client.post("chat/completions", json=body)
        case "embed":
            answer = await client.post(
                "embeddings", json={"model": "embedder", "input": "a kettle"}
            )
        case "rerank":
            body = {"model": "reranker", "query": "spider", "documents": ["legs", "kettle"]}
            answer = await client.post("rerank", json=body)
        case "speak":
            body = {"model": "tts", "input": "The kettle is ready.", "response_format": "pcm"}
            answer = await client.post("audio/speech", json=body)
        case _:
            files = {"file": ("q.wav", (SAMPLES / "question.wav").read_bytes())}
            answer = await client.post("audio/transcriptions", data={"model": "stt"}, files=files)
    error = None if answer.status_code == 200 else answer.json()["error"]
    return Outcome(kind, answer.status_code, error=error)


async def converse(client: httpx.AsyncClient) -> Outcome:
    """A chat that streams; its end or its error must be told."""
    body = {
        "model": "llm",
        "max_tokens": 12,
        "stream": True,
        "messages": [{"role": "user", "content": "Count from one to ten in words."}],
    }
    async with client.stream("POST", "chat/completions", json=body) as answer:
        outcome = Outcome("stream", answer.status_code, begun=answer.status_code == 200)
        lines = [line async for line in answer.aiter_lines() if line.startswith("data: ")]
    if not outcome.begun:
        return outcome
    if lines[-1] != "data: [DONE]":
        outcome.error = json.loads(lines[-1].removeprefix("data: "))["error"]
    return outcome


async def until_up(door: OpenDoor) -> None:
    """Waits for both Tritons."""
    async with asyncio.timeout(240), httpx.AsyncClient(base_url=door.url) as client:
        while (await client.get("/health/ready")).json()["backends"]["up"] < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_one_of_two_is_killed_under_load(two: OpenDoor, platform, second) -> None:
    """200 requests, 8 at once: only streams that had begun may fail, and say why."""
    await until_up(two)
    outcomes = []
    async with httpx.AsyncClient(base_url=two.api, timeout=180) as client:
        asked = functools.partial(ask, client)
        async for outcome in run(asked, mixed(MIXED), AT_ONCE):
            outcomes.append(outcome)
            if len(outcomes) == 60:
                os.kill(second.server.pid, signal.SIGKILL)
        assert len(outcomes) == 200
        failed = [outcome for outcome in outcomes if outcome.error or outcome.status != 200]
        assert all(outcome.kind == "stream" and outcome.begun for outcome in failed), failed
        assert len(failed) < AT_ONCE
        assert all(outcome.error["type"] == "server_error" for outcome in failed)

        await until_up(two)
        before = served(second), served(platform)
        again = [outcome async for outcome in run(asked, mixed(MIXED, 4), AT_ONCE)]
        assert all(outcome.status == 200 and not outcome.error for outcome in again)
    assert served(second) - before[0] >= 10
    assert served(platform) - before[1] >= 10
