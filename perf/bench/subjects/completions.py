"""A chat completion streamed from a server that speaks OpenAI's API, timed token by token."""

from typing import Any, Final

import aiohttp
import msgspec

from perf.bench.subjects.base import Answer, Item
from perf.bench.subjects.prompts import history
from perf.bench.subjects.tokens import Tokens
from tritone.contract import LlmRequest
from tritone.errors import Internal

__all__ = ["Piece", "body", "read", "session", "streamed"]

_DONE: Final = b"[DONE]"


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None


class _Usage(msgspec.Struct):
    completion_tokens: int = 0


class _Failure(msgspec.Struct):
    message: str = "no reason given"


class _Event(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: _Failure | None = None


class Piece(msgspec.Struct, frozen=True):
    """What one event says: text, and at the end how many tokens there were."""

    text: str = ""
    tokens: int = 0


_decoder: Final = msgspec.json.Decoder(_Event)


def session(url: str, *, kept: bool = True) -> aiohttp.ClientSession:
    """A session with the server at `url`, without a limit of connections or of time.

    `kept` says whether connections serve one request after another.
    """
    return aiohttp.ClientSession(
        url,
        connector=aiohttp.TCPConnector(limit=0, force_close=not kept),
        timeout=aiohttp.ClientTimeout(total=None, sock_read=120),
    )


def body(item: Item) -> dict[str, Any]:
    """The request for an item: greedy, as long as the item says, else as our own models."""
    before = [{"role": said.role, "content": said.content} for said in history(item)]
    return {
        "messages": [*before, {"role": "user", "content": item.text}],
        "max_tokens": item.max_tokens or LlmRequest().max_tokens,
        "temperature": 0.0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def read(line: bytes) -> Piece | None:
    """What a line of the stream says; None where it is no event, or the last.

    Raises:
        Internal: the server reports an error in it.
    """
    if not line.startswith(b"data: "):
        return None
    data = line.removeprefix(b"data: ").strip()
    if data == _DONE:
        return None
    event = _decoder.decode(data)
    if event.error is not None:
        raise Internal(event.error.message)
    text = "".join(choice.delta.content or "" for choice in event.choices if choice.delta)
    return Piece(text, event.usage.completion_tokens if event.usage else 0)


async def streamed(http: aiohttp.ClientSession, path: str, request: dict[str, Any]) -> Answer:
    """Asks at `path`, and takes the answer as it comes; units are tokens.

    Raises:
        Internal: the server refuses, fails on the way, or says nothing.
        aiohttp.ClientError: it cannot be reached.
    """
    tokens = Tokens()
    async with http.post(path, json=request) as response:
        if not response.ok:
            raise Internal(f"HTTP {response.status}: {(await response.text())[:200]}")
        async for line in response.content:
            piece = read(line)
            if piece is not None:
                tokens.add(piece.text)
                tokens.count = piece.tokens or tokens.count
    return tokens.answer()
