"""A reader that knows only the documented subjects and MessagePack."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgpack
import nats.js.errors

CHAT = "ai.chat.response"
VOICE = "ai.voice.response"


class Reader:
    """What came for one request.

    Attributes:
        chunks: in the order they came.
        wholes: answers on the subject of whole ones.
        headers: of the whole answers.
    """

    def __init__(self) -> None:
        self.chunks: list[dict[str, Any]] = []
        self.wholes: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._news = asyncio.Condition()

    async def chunk_came(self, message: Any) -> None:
        async with self._news:
            self.chunks.append(msgpack.unpackb(message.data))
            self._news.notify_all()

    async def whole_came(self, message: Any) -> None:
        async with self._news:
            self.wholes.append(msgpack.unpackb(message.data))
            self.headers.append(message.headers or {})
            self._news.notify_all()

    async def until(self, condition: Any, seconds: float = 20.0) -> None:
        """Waits until it holds."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(condition)

    async def whole(self, number: int = 1) -> dict[str, Any]:
        """The answer, once it is there."""
        await self.until(lambda: len(self.wholes) >= number)
        return self.wholes[number - 1]

    async def ended(self) -> list[dict[str, Any]]:
        """All chunks, once the last is there."""
        await self.until(lambda: self.chunks and self.chunks[-1]["done"])
        return self.chunks

    @property
    def types(self) -> list[str]:
        """Of the chunks; several of `chunk` in a row count once."""
        types = [chunk["type"] for chunk in self.chunks]
        return [kind for at, kind in enumerate(types) if not at or types[at - 1] != kind]

    @property
    def text(self) -> str:
        """What is said since the last restart."""
        return said(self.chunks)


def said(chunks: list[dict[str, Any]]) -> str:
    """The text of chunks, as a reader understands them."""
    text = ""
    for chunk in chunks:
        text = "" if chunk["type"] == "restart" else text + chunk["content"]
    return text


def seqs(chunks: list[dict[str, Any]]) -> list[int]:
    """Their numbers."""
    return [chunk["seq"] for chunk in chunks]


@contextlib.asynccontextmanager
async def reading(nc: Any, request_id: str, prefix: str = CHAT) -> AsyncIterator[Reader]:
    """A reader that listens before its request is sent."""
    reader = Reader()
    chunks = await nc.subscribe(f"{prefix}.stream.{request_id}", cb=reader.chunk_came)
    wholes = await nc.subscribe(f"{prefix}.{request_id}", cb=reader.whole_came)
    await nc.flush()
    yield reader
    if nc.is_connected:
        await chunks.unsubscribe()
        await wholes.unsubscribe()


async def stored(js: Any, stream: str, subject: str) -> list[dict[str, Any]]:
    """Every message of a subject that the stream keeps, in order."""
    found = []
    seq = 1
    while True:
        try:
            message = await js.get_msg(stream, seq=seq, subject=subject, direct=True, next=True)
        except nats.js.errors.NotFoundError:
            return found
        found.append(msgpack.unpackb(message.data))
        seq = message.seq + 1
