"""Chat completions through the edge, streamed, of the model that `triton.chat` asks.

Each prompt is new to the engine (`prompts.unseen`).
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.completions import body, session, streamed
from perf.bench.subjects.prompts import unseen
from tritone.contract import CHAT

__all__ = ["EdgeLlm"]

_PATH: Final = "/v1/chat/completions"


class EdgeLlm:
    """Asks over connections that are kept open."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._http = session(options.edge)
        await self.one(Item(kind="chat", text="Say hello.", max_tokens=4))
        return {"model": CHAT.name, "pids": pids(options, "edge", "triton")}

    async def one(self, item: Item) -> Answer:
        new = msgspec.structs.replace(item, text=unseen(item.text))
        return await streamed(self._http, _PATH, {"model": CHAT.name, **body(new)})

    async def close(self) -> None:
        await self._http.close()
