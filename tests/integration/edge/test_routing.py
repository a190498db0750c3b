"""Two real Tritons behind one pool; one of them is killed."""

import asyncio
import contextlib
import functools
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import numpy as np
import pytest

from tests.integration.conftest import Platform, sample
from tests.integration.edge.load_kit import mixed, run, served
from tests.integration.test_recovery import kill_stub
from tritone.contract import (
    EMBEDDER,
    LLM,
    RERANKER,
    STT,
    TTS,
    EmbedRequest,
    LlmRequest,
    RerankRequest,
    SttRequest,
    TtsRequest,
)
from tritone.errors import TritoneError, Unavailable
from tritone.routing import Address, BackendState, Pool

pytestmark = [pytest.mark.triton, pytest.mark.timeout(600)]

MIXED = {"chat": 40, "answer": 20, "embed": 70, "rerank": 40, "speak": 20, "hear": 10}
"""200 requests, by kind."""
AT_ONCE = 8
SLOW = {"llm", "tts", "stt"}


@pytest.fixture
async def pool(platform: Platform, second: Platform) -> AsyncIterator[Pool]:
    """Both of them."""
    addresses = [
        Address.parse(f"{each.settings.grpc_url}/{each.settings.metrics_port}")
        for each in (platform, second)
    ]
    async with Pool(addresses, idle_timeout=120) as pool:
        await until(lambda: all(backend.up for backend in pool.backends))
        yield pool


async def until(true: Callable[[], bool]) -> None:
    """Waits for a state."""
    async with asyncio.timeout(240):
        while not true():  # noqa: ASYNC110 - a state has no event
            await asyncio.sleep(0.05)


@dataclass
class Outcome:
    """How a request ended."""

    kind: str
    begun: bool = False
    error: TritoneError | None = None


async def request(pool: Pool, kind: str) -> Outcome:
    """One request; what it answers is looked at."""
    outcome = Outcome(kind)
    try:
        match kind:
            case "chat" | "answer":
                await converse(pool, outcome)
            case "embed":
                vector = (await pool.infer(EMBEDDER, EmbedRequest(text="a kettle"))).embedding
                assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)
            case "rerank":
                documents = ("Kettles boil water.", "Spiders have eight legs.")
                asked = RerankRequest(query="How many legs has a spider?", documents=documents)
                scores = (await pool.infer(RERANKER, asked, timeout=120)).scores
                assert scores[1] > scores[0]
            case "speak":
                spoken = await pool.infer(TTS, TtsRequest(text="The kettle is ready."), timeout=120)
                assert len(spoken.audio) > spoken.sample_rate // 2
            case "hear":
                audio, rate = sample("question")
                heard = SttRequest(audio=audio, sample_rate=rate, language="en")
                assert (await pool.infer(STT, heard, timeout=120)).text
    except TritoneError as error:
        outcome.error = error
    return outcome


async def converse(pool: Pool, outcome: Outcome) -> None:
    """A chat that streams, or one that answers at once."""
    asked = LlmRequest(
        text_input="Count from one to ten in words.",
        max_tokens=12,
        temperature=0,
        stream=outcome.kind == "chat",
    )
    async with contextlib.aclosing(pool.stream(LLM, asked)) as responses:
        async for response in responses:
            outcome.begun = True
            reason = response.finish_reason
    assert reason == "length"


def works(backend: BackendState) -> bool:
    """Whether something runs on it that does not end within a moment, a chat among it."""
    running = SLOW & backend.in_flight.keys()
    return "llm" in running and len(running) > 1


async def test_one_of_two_is_killed_under_load(pool, second, platform):
    """Only what had begun to stream fails; the server that returns takes load again."""
    ask = functools.partial(request, pool)
    outcomes = []
    killed = False
    async with contextlib.aclosing(run(ask, mixed(MIXED), AT_ONCE)) as coming:
        async for outcome in coming:
            outcomes.append(outcome)
            if not killed and len(outcomes) >= 40 and works(pool.backends[1]):
                os.kill(second.server.pid, signal.SIGKILL)
                killed = True
    assert killed
    assert len(outcomes) == sum(MIXED.values()) == 200
    failed = [outcome for outcome in outcomes if outcome.error]
    assert not [outcome for outcome in failed if not outcome.begun]
    assert len(failed) < AT_ONCE
    for outcome in failed:
        assert outcome.kind == "chat"
        assert isinstance(outcome.error, Unavailable)
        assert "try again" in outcome.error.message
    assert all(not backend.in_flight for backend in pool.backends)

    await until(lambda: pool.backends[1].up)
    before = served(second), served(platform)
    async with contextlib.aclosing(run(ask, mixed(MIXED, 4), AT_ONCE)) as coming:
        assert not [outcome async for outcome in coming if outcome.error]
    assert served(second) - before[0] >= 10
    assert served(platform) - before[1] >= 10


async def test_a_server_with_a_dead_model_does_not_draw_all_calls(pool, second):
    """Calls that it refuses are answered by the other; the model returns by and by."""
    kill_stub(second, "embedder")
    for _ in range(30):
        assert (await pool.infer(EMBEDDER, EmbedRequest(text="a kettle"))).tokens
    async with asyncio.timeout(120):
        while pool.backends[1].ejected:
            await pool.infer(EMBEDDER, EmbedRequest(text="a kettle"))


async def test_a_sequence_stays_with_its_server(platform, second, pool):
    """Both have the model that is asked, yet all calls of a block reach one of them."""
    before = Counter(first=served(platform), second=served(second))
    async with pool.pinned(EMBEDDER) as pinned:
        for _ in range(6):
            await pinned.infer(EMBEDDER, EmbedRequest(text="a kettle"))
    after = Counter(first=served(platform), second=served(second))
    assert sorted((after - before).values()) == [6]
