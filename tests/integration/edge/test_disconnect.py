"""A client that leaves takes its work with it: counted at the engine."""

import asyncio
import json

import httpx
import pytest

from tests.integration.test_cancel import FEW, LONG, settle

pytestmark = pytest.mark.triton


@pytest.mark.parametrize("model", ["llm", "chat"])
async def test_leaving_in_mid_stream(door, platform, model: str) -> None:
    """Tokens decoded after the client closed its connection stay under a handful."""
    before = await settle(platform)
    received = 0
    async with httpx.AsyncClient(timeout=60) as client:
        body = {"model": model, "max_tokens": 1000, "stream": True, "messages": _asking()}
        async with client.stream("POST", f"{door.api}/chat/completions", json=body) as answer:
            assert answer.status_code == 200
            async for line in answer.aiter_lines():
                received += '"content":' in line
                if received == 20:
                    break
    after = await settle(platform)
    steps = after["llm_decode_steps_total"] - before["llm_decode_steps_total"]
    assert steps <= received + FEW
    assert after["llm_running"] == 0


async def test_leaving_before_the_answer(door, platform) -> None:
    """An answer in one piece is given up as well, long before its 2,000 tokens."""
    before = await settle(platform)
    async with httpx.AsyncClient(timeout=60) as client:
        body = {"model": "llm", "max_tokens": 2000, "messages": _asking()}
        waiting = asyncio.create_task(client.post(f"{door.api}/chat/completions", json=body))
        for _ in range(300):
            await asyncio.sleep(0.1)
            if platform.metrics()["llm_running"]:
                break
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    after = await settle(platform)
    generated = after["llm_generated_tokens_total"] - before["llm_generated_tokens_total"]
    assert generated < 500


async def test_leaving_many_at_any_moment(door, platform) -> None:
    """Forty clients that leave after growing times leave nothing behind, and the door serves on."""

    async def leave(after: float) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            body = {"model": "chat", "max_tokens": 500, "stream": True, "messages": _asking()}
            post = client.post(f"{door.api}/chat/completions", json=body)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(post, after)

    for start in range(0, 40, 8):
        await asyncio.gather(*(leave(0.02 * (start + each)) for each in range(1, 9)))
    await settle(platform)
    async with httpx.AsyncClient(timeout=60) as client:
        body = {"model": "chat", "max_tokens": 8, "messages": _asking()}
        answer = await client.post(f"{door.api}/chat/completions", json=body)
    assert answer.status_code == 200, json.dumps(answer.json())


def _asking() -> list[dict[str, str]]:
    return [{"role": "user", "content": LONG}]
