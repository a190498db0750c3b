"""Triton's batcher gives a request to an idle model at once."""

import asyncio
import statistics
import time

import pytest

from tritone.contract import EMBEDDER, TTS, EmbedRequest, TtsRequest

pytestmark = pytest.mark.triton

PAIRS = 20


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (EMBEDDER, lambda number: EmbedRequest(text=f"Ticket {number}: the kettle stays on.")),
        (TTS, lambda number: TtsRequest(text=f"Number {number} is ready.")),
    ],
    ids=["embedder", "tts"],
)
async def test_who_comes_while_the_model_is_busy_waits_for_it_and_no_longer(client, model, asked):
    """The second of two requests takes about twice as long as one alone.

    In a queue with a size or a timeout every fourth one waited 0.5 s more, beside an idle model.
    """

    async def seconds(number: int, later: float = 0.0) -> float:
        await asyncio.sleep(later)
        began = time.perf_counter()
        await client.infer(model, asked(number))
        return time.perf_counter() - began

    await seconds(0)
    alone = statistics.median([await seconds(number) for number in range(1, 10)])
    seconds_late = []
    for pair in range(PAIRS):
        _, late = await asyncio.gather(
            seconds(1000 + pair), seconds(2000 + pair, later=alone * 0.4)
        )
        seconds_late.append(late)
        await asyncio.sleep(alone)
    stalled = [late for late in seconds_late if late > 3 * alone + 0.4]
    assert len(stalled) < PAIRS // 8, (alone, sorted(seconds_late))
