"""Chat completions streamed over HTTP, as subjects time them."""

import json

import pytest
from aiohttp import web

from perf.bench.subjects.base import Item, Options, Turn
from perf.bench.subjects.completions import Piece, body, read, session, streamed
from perf.bench.subjects.llamacpp_server import LlamacppServer
from tests.unit.perf.http_kit import serving
from tritone.errors import Internal

pytestmark = pytest.mark.unit

PATH = "/v1/chat/completions"
ITEM = Item(kind="chat", text="Why?", max_tokens=7, history=(Turn("user", "A fact, please."),))


def event(**fields: object) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()


def answering(*events: bytes, status: int = 200):
    """A handler that streams these events, and keeps the bodies it is sent."""
    seen: list[dict[str, object]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(await request.json())
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        for each in events:
            await response.write(each)
        return response

    return handler, seen


ROLE = event(choices=[{"delta": {"role": "assistant", "content": None}}])
HELLO = event(choices=[{"delta": {"content": "Hello"}}])
WORLD = event(choices=[{"delta": {"content": " world."}}])
USAGE = event(choices=[], usage={"completion_tokens": 5, "prompt_tokens": 9})
DONE = b"data: [DONE]\n\n"


def test_body_is_greedy_and_counted():
    """It asks for the likeliest words, as many as the item wants, with the tokens counted."""
    asked = body(ITEM)
    assert asked["messages"] == [
        {"role": "user", "content": "A fact, please."},
        {"role": "user", "content": "Why?"},
    ]
    assert (asked["max_tokens"], asked["temperature"], asked["stream"]) == (7, 0.0, True)
    assert asked["stream_options"] == {"include_usage": True}


def test_body_without_a_wish_is_as_long_as_ours():
    """An item that does not say how long gets the default of our own models."""
    assert body(Item(kind="chat", text="Why?"))["max_tokens"] == 256


@pytest.mark.parametrize(
    ("line", "piece"),
    [
        (HELLO, Piece("Hello")),
        (ROLE, Piece()),
        (USAGE, Piece(tokens=5)),
        (DONE, None),
        (b"\n", None),
        (b": ping\n", None),
    ],
)
def test_lines(line, piece):
    """Text is text, usage counts tokens, and what is no event says nothing."""
    assert read(line) == piece


def test_an_error_in_the_stream():
    """A server may fail after it began to answer."""
    with pytest.raises(Internal, match="out of slots"):
        read(event(error={"message": "out of slots", "code": 500}))


async def test_streamed():
    """The first piece is the first with text; units are the tokens that the server counted."""
    handler, seen = answering(ROLE, HELLO, WORLD, USAGE, DONE)
    async with serving({PATH: handler}) as url, session(url) as http:
        answer = await streamed(http, PATH, body(ITEM))
    assert seen == [body(ITEM)]
    assert answer.units == 5.0
    assert answer.first is not None
    assert 0.0 < answer.first <= answer.last
    assert answer.extra["text"] == "Hello world."
    assert len(answer.extra["gaps"]) == 1


@pytest.mark.parametrize(
    ("events", "status", "reason"),
    [((b"no such model",), 404, "HTTP 404: no such model"), ((ROLE, DONE), 200, "empty")],
)
async def test_refusals(events, status, reason):
    """A refusal and an empty answer are errors, however fast they come."""
    handler, _ = answering(*events, status=status)
    async with serving({PATH: handler}) as url, session(url) as http:
        with pytest.raises(Internal, match=reason):
            await streamed(http, PATH, body(ITEM))


async def test_llamacpp_server_subject():
    """It asks the server's own endpoint, and measures the server's process."""
    handler, seen = answering(HELLO, DONE)
    subject = LlamacppServer()
    async with serving({PATH: handler}) as url:
        facts = await subject.open(Options(llamacpp=url, pids={"llamacpp": 42}))
        answer = await subject.one(ITEM)
        await subject.close()
    assert facts["pids"] == [42]
    assert len(seen) == 2  # once to be warm
    assert answer.units == 1.0  # counted by pieces where the server does not
