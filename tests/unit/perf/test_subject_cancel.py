"""Counting the tokens that come after an interruption."""

import asyncio

import pytest

from perf.bench.subjects import triton_cancel
from perf.bench.subjects.base import Options
from perf.bench.subjects.triton_cancel import TritonCancel, metrics
from tests.unit.perf.perf_kit import chat

pytestmark = pytest.mark.unit


class Engine(TritonCancel):
    """An engine that makes three steps after it was left, and reads a prompt in two."""

    late = 3
    longest = 1000

    def __init__(self) -> None:
        self.steps = 100.0
        self.read: set[str] = set()
        self.now = self.most = 0

    async def open(self, options: Options) -> dict:
        self._alone = asyncio.Lock()
        return {}

    async def _pieces(self, item, most):
        self.now += 1
        self.most = max(self.most, self.now)
        self.steps += 1 if item.text in self.read else 2
        self.read.add(item.text)
        finished = False
        try:
            for number in range(min(most, self.longest)):
                await asyncio.sleep(0)
                self.steps += number > 0
                yield
            finished = True
        finally:
            self.now -= 1
            if not finished:
                self.steps += self.late

    async def _steps(self) -> float:
        return self.steps


async def test_tokens_after_the_interruption_are_counted():
    """Those that the engine made, and not those that were heard, nor its prompt."""
    subject = Engine()
    await subject.open(Options())
    answer = await subject.one(chat("Tell me about ships."))
    assert answer.extra["tokens_after_cancel"] == Engine.late


async def test_items_are_asked_one_after_another():
    """What others do meanwhile would be counted, too."""
    subject = Engine()
    await subject.open(Options())
    await asyncio.gather(*(subject.one(chat(str(number))) for number in range(3)))
    assert subject.most == 1


async def test_too_short_an_answer_is_an_error():
    """Nobody can interrupt what has ended."""
    subject = Engine()
    subject.longest = 3
    await subject.open(Options())
    with pytest.raises(triton_cancel.Internal, match="ended by itself after 3 tokens"):
        await subject.one(chat())


def test_metrics_are_read_by_name():
    """Ours, without prefix and labels."""
    text = (
        "# HELP tritone_llm_running x\n"
        'tritone_llm_running{model="llm",version="1"} 2\n'
        'nv_inference_count{model="llm"} 7\n'
        'tritone_llm_decode_steps_total{model="llm"} 1.5e+03\n'
    )
    assert metrics(text) == {"llm_running": 2.0, "llm_decode_steps_total": 1500.0}
