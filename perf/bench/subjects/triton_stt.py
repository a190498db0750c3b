"""`stt` over Triton's gRPC. The language is not named, so that it is detected, as by default."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from perf.bench.corpus.waves import floats
from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import IDLE_SECONDS, pids
from tritone.client import Client
from tritone.contract import SAMPLE_RATE, STT, SttRequest

__all__ = ["TritonStt"]

_MOST_SECONDS: Final = 230.0
"""For a long recording; less than the runner waits for a round."""


class TritonStt:
    """Sends whole recordings."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._client = Client(options.triton, idle_timeout=IDLE_SECONDS)
        await self._client.infer(STT, SttRequest(audio=np.zeros(SAMPLE_RATE, np.float32)))
        return {"language": "detected", "pids": pids(options, "triton")}

    async def one(self, item: Item) -> Answer:
        request = SttRequest(audio=floats(Path(item.path)), sample_rate=SAMPLE_RATE)
        began = time.perf_counter()
        heard = await self._client.infer(STT, request, timeout=_MOST_SECONDS)
        return Answer(last=time.perf_counter() - began, extra={"text": heard.text})

    async def close(self) -> None:
        await self._client.close()
