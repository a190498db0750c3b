"""One cancel stops the whole turn, and only that turn."""

import asyncio

import pytest

from tests.integration.conftest import sample
from tests.integration.turns import turn
from tritone.contract import CHAT, LLM, VOICE, LlmRequest, VoiceRequest
from tritone.errors import Cancelled, DeadlineExceeded
from tritone.stubs import stubs_of

pytestmark = pytest.mark.triton

LONG = "Write a very long story about a fox and a crow, with many chapters."
REFRESH = 1.2
"""Seconds until the server's metrics are sure to show what happened."""
FEW = 8
"""Decoding steps that may follow a cancel: what runs while the news travels."""


async def settle(platform) -> dict[str, float]:
    """The metrics once the model is idle; it has a minute, and says so by counting no further."""
    for _ in range(50):
        await asyncio.sleep(REFRESH)
        metrics = platform.metrics()
        if metrics["llm_running"] == 0:
            return metrics
    raise AssertionError("the model is still at work")


@pytest.mark.parametrize("model", [LLM, CHAT], ids=lambda model: model.name)
async def test_leaving_a_stream_stops_the_model(client, platform, model):
    """Tokens decoded after the caller left stay under a handful."""
    before = await settle(platform)
    received = 0
    stream = client.stream(model, LlmRequest(text_input=LONG, max_tokens=1000, stream=True))
    async for _ in stream:
        received += 1
        if received == 20:
            break
    await stream.aclose()
    after = await settle(platform)
    steps = after["llm_decode_steps_total"] - before["llm_decode_steps_total"]
    assert steps <= received + FEW


async def test_a_cancelled_turn_stops_and_its_neighbour_does_not(client, platform):
    """The neighbour's turn ends well; the cancelled one costs the model a few tokens more."""
    audio, rate = sample("sky")
    request = VoiceRequest(
        audio=audio, sample_rate=rate, system_prompt=LONG, max_tokens=1000, temperature=0.0
    )
    neighbour = asyncio.create_task(turn(client, "question"))
    stream = client.stream(VOICE, request)
    texts = 0
    async for response in stream:
        texts += '"type":"text"' in response.event
        if texts == 15:
            break
    await stream.aclose()
    result = await neighbour
    assert "jupiter" in result.done.text.lower()
    before = await settle(platform)
    await asyncio.sleep(0.5)
    assert platform.metrics()["llm_decode_steps_total"] == before["llm_decode_steps_total"]


async def test_tokens_after_a_cancelled_turn_are_counted(client, platform):
    """Alone on the machine: steps decoded are those received, and a few."""
    before = await settle(platform)
    audio, rate = sample("sky")
    stream = client.stream(
        VOICE, VoiceRequest(audio=audio, sample_rate=rate, system_prompt=LONG, max_tokens=1000)
    )
    received = 0
    async for response in stream:
        received += '"type":"text"' in response.event
        if received == 15:
            break
    await stream.aclose()
    after = await settle(platform)
    # A prompt takes a few steps of its own.
    steps = after["llm_decode_steps_total"] - before["llm_decode_steps_total"]
    assert steps <= received + FEW + 4


async def test_a_deadline_stops_the_work(client, platform):
    """When the caller's time is up it is told so, and the model stops."""
    with pytest.raises((DeadlineExceeded, Cancelled)):
        async for _ in client.stream(
            CHAT, LlmRequest(text_input=LONG, max_tokens=2000, stream=True), timeout=1.0
        ):
            pass
    await settle(platform)


async def test_a_cancel_request_stops_the_request_it_names(client):
    """A plain client can stop a request by its id; the stream ends with CANCELLED."""
    request = LlmRequest(text_input=LONG, max_tokens=1000, stream=True)
    received = 0

    async def listen():
        nonlocal received
        async for _ in client.stream(LLM, request, request_id="stop-me"):
            received += 1
            if received == 5:
                answers = [r async for r in client.stream(LLM, LlmRequest(cancel="stop-me"))]
                assert answers == []

    with pytest.raises(Cancelled):
        await listen()
    assert received < 100


async def test_many_cancels_at_any_moment_harm_nothing(client, platform):
    """A hundred turns given up between their first and last stage, eight at a time: the server
    and every model's process are the same ones afterwards, and answer.
    """
    before = (platform.server.pid, sorted(stub.pid for stub in stubs_of(platform.server.pid)))
    audio, rate = sample("question")
    request = VoiceRequest(audio=audio, sample_rate=rate)

    async def give_up(seconds: float):
        with pytest.raises((DeadlineExceeded, Cancelled)):
            async for _ in client.stream(VOICE, request, timeout=seconds):
                pass

    for wave in range(12):
        await asyncio.gather(*(give_up(0.02 + 0.03 * i + 0.005 * wave) for i in range(8)))
    after = (platform.server.pid, sorted(stub.pid for stub in stubs_of(platform.server.pid)))
    assert after == before
    result = await turn(client, "question")
    assert "jupiter" in result.done.text.lower()


async def test_callers_who_leave_with_the_last_response(client, platform):
    """They have all they want, and close; the server bears it however often they do."""
    pid = platform.server.pid
    places = asyncio.Semaphore(4)

    async def ask(number: int) -> None:
        async with places:
            stream = client.stream(CHAT, LlmRequest(text_input=f"Say {number}.", max_tokens=2))
            assert (await anext(stream)).finish_reason
            await stream.aclose()

    await asyncio.gather(*(ask(number) for number in range(250)))
    await settle(platform)
    assert platform.server.pid == pid
