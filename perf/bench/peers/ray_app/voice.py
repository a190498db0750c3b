"""A spoken turn, composed of the other applications by their handles."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final

from ray import serve
from starlette.requests import Request
from starlette.responses import StreamingResponse

__all__ = ["Voice"]

SENTENCE: Final = re.compile(r"(.+?[.!?…][\"')\]]*)\s", re.DOTALL)


class Voice:
    """A spoken turn: heard, thought and spoken sentence by sentence, each while the next is."""

    def __init__(self) -> None:
        self._stt = serve.get_app_handle("stt")
        self._tts = serve.get_app_handle("tts")
        self._llm = serve.get_app_handle("llm")

    async def __call__(self, request: Request) -> StreamingResponse:
        ask = json.loads(request.headers["x-ask"])
        turn = self._turn(await request.body(), ask)
        return StreamingResponse(turn, media_type="application/octet-stream")

    async def _turn(self, pcm: bytes, ask: dict[str, Any]) -> AsyncIterator[bytes]:
        heard = await self._stt.hear.remote(pcm)
        yield _frame(b"t", heard.encode())
        ask["messages"].append({"role": "user", "content": heard})
        body = json.dumps({**ask, "stream": True, "temperature": 0.0}).encode()
        said: asyncio.Queue[tuple[bytes, Any] | None] = asyncio.Queue()
        thinking = asyncio.create_task(self._think(body, said))
        try:
            while (piece := await said.get()) is not None:
                kind, content = piece
                yield _frame(kind, content if kind == b"d" else await content)
            await thinking
        finally:
            thinking.cancel()

    async def _think(self, body: bytes, said: "asyncio.Queue[tuple[bytes, Any] | None]") -> None:
        rest = ""
        try:
            async for chunk in self._llm.generate.options(stream=True).remote(body):
                for choice in json.loads(chunk).get("choices", ()):
                    piece = choice.get("delta", {}).get("content") or ""
                    said.put_nowait((b"d", piece.encode()))
                    rest += piece
                while (sentence := SENTENCE.match(rest)) is not None:
                    rest = rest[sentence.end() :]
                    said.put_nowait((b"a", self._tts.speak.remote(sentence.group(1).strip())))
            if rest.strip():
                said.put_nowait((b"a", self._tts.speak.remote(rest.strip())))
        finally:
            said.put_nowait(None)


def _frame(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "big") + content
