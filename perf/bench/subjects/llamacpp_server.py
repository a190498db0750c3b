"""`llm`'s work by llama.cpp's own server, over HTTP; see `perf.bench.peers.llamacpp_server`."""

from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.completions import body, session, streamed

__all__ = ["LlamacppServer"]

_PATH = "/v1/chat/completions"


class LlamacppServer:
    """Streams chat completions."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        # It closes a connection behind a stream, now and then just when the next request is sent.
        self._http = session(options.llamacpp, kept=False)
        await self.one(Item(kind="chat", text="Say hello.", max_tokens=4))
        return {"url": options.llamacpp, "pids": pids(options, "llamacpp")}

    async def one(self, item: Item) -> Answer:
        return await streamed(self._http, _PATH, body(item))

    async def close(self) -> None:
        await self._http.close()
