"""Barge-in: how many tokens the engine still generates once a caller has left.

Counted where they are made: `llm_decode_steps_total` of Triton's metrics are the steps in which the
engine generated a token, or read a piece of a prompt. An item is asked twice. The first time the
answer is as long as what will be heard before the interruption, and ends by itself; the second time
it would be far longer, and is left there, as if the caller had begun to speak. Both find the prompt
in the engine's cache, so that what the second took more is what came after the interruption, and
what was on its way to the caller at that moment.

Nothing else may run meanwhile, so that items are asked one after another, whoever asks.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

import httpx
import msgspec

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import IDLE_SECONDS, pids
from perf.bench.subjects.prompts import asked
from perf.bench.subjects.spoken_turn import spoken
from tritone.client import Client
from tritone.contract import CHAT, VOICE
from tritone.errors import Internal

__all__ = ["TritonCancel", "metrics"]

_HEARD: Final = 12
"""Tokens before the interruption."""
_LONGER: Final = 256
_REFRESH: Final = 0.55
"""Seconds after which the metrics are sure to be new; models publish them twice a second."""
_PATIENCE: Final = 30.0
_STORY: Final = (
    "Whatever you are asked, tell a very long story about a harbor town, chapter by chapter."
)
_STEPS: Final = "llm_decode_steps_total"
_RUNNING: Final = "llm_running"


class TritonCancel:
    """Interrupts written answers (`chat`), or spoken ones (`voice`) where items are recordings."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._client = Client(options.triton, idle_timeout=IDLE_SECONDS)
        self._http = httpx.AsyncClient(base_url=f"http://{options.triton_metrics}", timeout=10)
        self._alone = asyncio.Lock()
        await self._steps()
        return {"left_after_tokens": _HEARD, "pids": pids(options, "triton")}

    async def one(self, item: Item) -> Answer:
        async with self._alone:
            began = time.perf_counter()
            await self._heard(item, _HEARD, _HEARD)  # the prompt is in the cache from now on
            before = await self._steps()
            pieces = await self._heard(item, _HEARD, _HEARD)
            between = await self._steps()
            if pieces < _HEARD // 2:
                raise Internal(f"the answer ended by itself after {pieces} tokens")
            await self._heard(item, _LONGER, pieces)
            after = await self._steps()
            # A token without text of its own makes no piece; where there was one, the interruption
            # came a step earlier than the end that it is compared with.
            more = (after - between) - (between - before) + (_HEARD - pieces)
            return Answer(
                last=time.perf_counter() - began, extra={"tokens_after_cancel": max(0.0, more)}
            )

    async def close(self) -> None:
        await self._http.aclose()
        await self._client.close()

    async def _heard(self, item: Item, tokens: int, leave: int) -> int:
        """Asks for so many tokens, and leaves after so many pieces. The pieces heard."""
        received = 0
        async with contextlib.aclosing(self._pieces(item, tokens)) as pieces:
            async for _ in pieces:
                received += 1
                if received == leave and leave < tokens:
                    break
        return received

    async def _pieces(self, item: Item, most: int) -> AsyncGenerator[None, None]:
        """One for each token of the answer."""
        if item.kind == "speech":
            request = spoken(item, system_prompt=_STORY, max_tokens=most)
            async with contextlib.aclosing(self._client.stream(VOICE, request)) as events:
                async for event in events:
                    if event.event.startswith('{"type":"text"'):
                        yield
            return
        wish = msgspec.structs.replace(item, text=f"{_STORY} {item.text}", max_tokens=most)
        async with contextlib.aclosing(self._client.stream(CHAT, asked(wish))) as responses:
            async for response in responses:
                if response.text_output:
                    yield

    async def _steps(self) -> float:
        """Decoding steps so far, once the engine is idle. Raises Internal: it stays at work."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            await asyncio.sleep(_REFRESH)
            found = await self._metrics()
            if found[_RUNNING] == 0:
                return found[_STEPS]
        raise Internal("the language model does not become idle: others use it")

    async def _metrics(self) -> Mapping[str, float]:
        answer = await self._http.get("/metrics")
        answer.raise_for_status()
        found = metrics(answer.text)
        if missing := {_RUNNING, _STEPS} - found.keys():
            raise Internal(f"Triton's metrics have no {', '.join(sorted(missing))}")
        return found


def metrics(text: str) -> dict[str, float]:
    """Metrics of our own models in Prometheus' text, by name without ``tritone_`` and labels."""
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("tritone_"))
    return {name.partition("{")[0].removeprefix("tritone_"): float(value) for name, value in rows}
