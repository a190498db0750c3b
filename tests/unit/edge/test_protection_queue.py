"""A place in the lane: taken, waited for, given back, refused; through a real application."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.unit.edge.protection_kit import Guarded
from tritone.settings import Lane

pytestmark = pytest.mark.unit


class Call:
    """One request to the application, by hand, whose client may leave at any time."""

    def __init__(self, guarded: Guarded, path: str) -> None:
        self.sent: list[Any] = []
        self.inbox: asyncio.Queue[Any] = asyncio.Queue()
        self.received = 0
        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"door")],
            "client": ("10.0.0.1", 1),
            "server": ("door", 80),
        }
        self.task = asyncio.create_task(guarded.app(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        message = await self.inbox.get()
        self.received += 1
        return message

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    def body(self, part: bytes, *, more: bool) -> None:
        self.inbox.put_nowait({"type": "http.request", "body": part, "more_body": more})

    def leave(self) -> None:
        self.inbox.put_nowait({"type": "http.disconnect"})

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])


def begun(guarded: Guarded, *, whole: bool = True) -> Call:
    call = Call(guarded, "/slow")
    if whole:
        call.body(b"", more=False)
    return call


async def finish(guarded: Guarded, *calls: Call) -> None:
    """Ends whatever is at work until all of these are answered."""
    async with asyncio.timeout(60):
        while not all(call.task.done() for call in calls):
            for end in guarded.ends:
                end.set()
            await asyncio.sleep(0.001)


async def test_a_request_waits_for_a_place() -> None:
    """And then is answered like any other, with the body that came meanwhile."""
    guarded = Guarded(lane=Lane(running=1, waiting=1))
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    second = begun(guarded, whole=False)
    second.body(b"one ", more=True)
    second.body(b"two ", more=True)
    await guarded.until(lambda: second.received == 2)
    assert guarded.figures() == (1, 1)
    assert len(guarded.bodies) == 1
    second.body(b"three", more=False)
    await finish(guarded, first, second)
    assert (first.status, second.status) == (200, 200)
    assert guarded.bodies[1] == b"one two three"
    assert guarded.figures() == (0, 0)


async def test_a_waiting_client_that_leaves_leaves_the_queue() -> None:
    """Its handler is never called, and who came after it moves up."""
    guarded = Guarded(lane=Lane(running=1, waiting=2))
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    second, third = begun(guarded), begun(guarded)
    await guarded.until(lambda: guarded.figures() == (1, 2))
    second.leave()
    await guarded.until(second.task.done)
    assert second.status == 499  # nobody reads it; logs and metrics do
    assert guarded.figures() == (1, 1)
    assert len(guarded.bodies) == 1
    await finish(guarded, first, third)
    assert (first.status, third.status) == (200, 200)
    assert len(guarded.bodies) == 2


async def test_a_waiting_client_that_leaves_in_mid_upload() -> None:
    """The same."""
    guarded = Guarded(lane=Lane(running=1, waiting=1))
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    second = begun(guarded, whole=False)
    second.body(b"half", more=True)
    second.leave()
    await guarded.until(second.task.done)
    assert guarded.figures() == (1, 0)
    await finish(guarded, first)


async def test_a_running_client_that_leaves_gives_back_its_place() -> None:
    """The one who waits has it, while the left one's work is cancelled."""
    guarded = Guarded(lane=Lane(running=1, waiting=1))
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    second = begun(guarded)
    await guarded.until(lambda: guarded.figures() == (1, 1))
    first.leave()
    await guarded.until(lambda: len(guarded.ends) == 2)
    assert guarded.figures() == (1, 0)
    await finish(guarded, second)
    assert second.status == 200


async def test_a_stream_has_its_place_until_its_last_byte() -> None:
    """Not only until the answer begins."""
    guarded = Guarded(lane=Lane(running=1, waiting=0))
    call = Call(guarded, "/stream")
    call.body(b"", more=False)
    await guarded.until(lambda: len(call.sent) >= 2)
    assert call.sent[1]["body"] == b"first"
    assert guarded.figures() == (1, 0)
    await finish(guarded, call)
    assert b"".join(message.get("body", b"") for message in call.sent[1:]) == b"firstlast"
    assert guarded.figures() == (0, 0)


async def test_what_arrives_while_waiting_is_bounded() -> None:
    """A large upload is left in the socket until there is a place, and then read whole."""
    guarded = Guarded(lane=Lane(running=1, waiting=1))
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    second = begun(guarded, whole=False)
    part = b"x" * 64 * 1024
    for _ in range(100):
        second.body(part, more=True)
    second.body(b"end", more=False)
    await guarded.until(lambda: second.received >= 4)
    for _ in range(50):
        await asyncio.sleep(0)
    assert second.received <= 5
    await finish(guarded, first, second)
    assert second.status == 200
    assert guarded.bodies[1] == part * 100 + b"end"


async def test_a_full_queue_refuses_before_the_body_is_read() -> None:
    """429 with `Retry-After`, in OpenAI's shape, while the client still uploads."""
    guarded = Guarded(lane=Lane(running=1, waiting=0))
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    refused = begun(guarded, whole=False)
    refused.body(b"half of it", more=True)
    await guarded.until(refused.task.done)
    assert (refused.status, refused.received) == (429, 0)
    headers = dict(refused.sent[0]["headers"])
    assert int(headers[b"retry-after"]) >= 1
    assert b'"code":"overloaded"' in refused.sent[1]["body"]
    await finish(guarded, first)


async def test_a_wait_that_is_too_long_ends_with_429() -> None:
    """Whoever waits for the queue's time is told so, even if nothing ever ends."""
    guarded = Guarded(lane=Lane(running=1, waiting=1), queue_seconds=0.05)
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    waiting = begun(guarded)
    await guarded.until(waiting.task.done)
    assert waiting.status == 429
    assert guarded.figures() == (1, 0)
    await finish(guarded, first)


@pytest.mark.parametrize(
    "name", ["x-request-timeout", "x-stainless-read-timeout", "x-stainless-timeout"]
)
async def test_a_request_has_a_deadline_of_its_own(name: str) -> None:
    """Ours, or what OpenAI's clients say of themselves."""
    guarded = Guarded(lane=Lane(running=1, waiting=5))
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    async with guarded.client() as client, asyncio.timeout(30):
        answer = await client.post("/chat", headers={name: "0.05"})
    assert answer.status_code == 429
    assert "0.05 s" in answer.json()["error"]["message"]
    await finish(guarded, first)


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
async def test_a_deadline_that_is_none(text: str) -> None:
    """Ours is refused; a client's own is its own business."""
    guarded = Guarded()
    async with guarded.client() as client:
        answer = await client.post("/chat", headers={"x-request-timeout": text})
        assert answer.status_code == 400
        assert answer.json()["error"]["param"] == "X-Request-Timeout"
        answer = await client.post("/chat", headers={"x-stainless-read-timeout": text})
        assert answer.status_code == 200
    assert guarded.figures() == (0, 0)


async def test_a_failed_request_gives_back_its_place_and_does_not_count() -> None:
    """An error of the handler is answered as it was; the average knows nothing of it."""
    guarded = Guarded(lane=Lane(running=1, waiting=0))
    async with guarded.client() as client:
        answers = [await client.post("/wrong") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [400] * 5
    figures = guarded.admission.figures()["chat"]
    assert (figures.running, figures.admitted, figures.average) == (0, 5, 0.0)


async def test_nothing_new_while_draining() -> None:
    """503 with `Retry-After`; health still answers, and what runs may finish."""
    guarded = Guarded()
    first = begun(guarded)
    await guarded.until(lambda: len(guarded.ends) == 1)
    guarded.drain.begin()
    async with guarded.client() as client:
        answer = await client.post("/chat")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "draining")
        assert int(answer.headers["retry-after"]) >= 1
        assert (await client.get("/health")).status_code == 200
    assert guarded.drain.running == 1
    await finish(guarded, first)
    assert first.status == 200
    assert await guarded.drain.idle(60)


async def test_ten_times_too_many() -> None:
    """Everybody has an answer, and never are more at work than there are places."""
    guarded = Guarded(lane=Lane(running=4, waiting=4))
    most = 0

    async def look() -> None:
        nonlocal most
        while True:
            most = max(most, guarded.figures()[0])
            for end in guarded.ends:
                end.set()
            await asyncio.sleep(0)

    looking = asyncio.create_task(look())
    async with guarded.client() as client:
        answers: list[httpx.Response] = await asyncio.gather(
            *(client.post("/slow") for _ in range(80))
        )
    looking.cancel()
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= 8
    assert most == 4
    assert guarded.figures() == (0, 0)
