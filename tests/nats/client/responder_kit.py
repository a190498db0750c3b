"""A bridge's double for tests of the client: it says what a test tells it to, in plain MessagePack.

Nothing of `tritone.nats` is used but the connection, so that both sides do not share a mistake.
"""

import asyncio
import contextlib
import time

import msgpack

CHATS = "ai.chat.user.*.message"
VOICES = "ai.voice.user.*.request"
JOBS = "ai.pipeline.*.request"


class Responder:
    """Hears requests and publishes what it is told to.

    Attributes:
        requests: what came, as maps.
        headers: those of each request.
        cancelled: the ids of requests that were cancelled.
    """

    def __init__(self, nc):
        self._js = nc.jetstream()
        self._nc = nc
        self._came = asyncio.Event()
        self.requests, self.headers, self.cancelled = [], [], []

    async def listen(self, *subjects):
        """Begins to hear what is published on these, and cancels."""
        for subject in subjects:
            await self._nc.subscribe(subject, cb=self._request)
        await self._nc.subscribe("ai.cancel.*", cb=self._cancel)
        await self._nc.flush()

    async def _request(self, message):
        self.requests.append(msgpack.unpackb(message.data))
        self.headers.append(dict(message.headers or {}))
        self._came.set()

    async def _cancel(self, message):
        self.cancelled.append(message.subject.rpartition(".")[2])
        self._came.set()

    async def next_request(self):
        """The last request, once there is one."""
        return await self.until(lambda: self.requests[-1] if self.requests else None)

    async def until(self, found):
        """What `found` answers, once it is something."""
        async with asyncio.timeout(20):
            while not (answer := found()):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await self._came.wait()
                self._came.clear()
        return answer

    async def say(self, request_id, seq, content="", kind="chunk", *, area="chat", **more):
        """A chunk, kept by its stream."""
        await self._keep(f"ai.{area}.response.stream.{request_id}", seq, content, kind, **more)

    async def answer(self, request_id, content, kind="done", *, area="chat", **more):
        """A whole answer."""
        await self._keep(f"ai.{area}.response.{request_id}", 0, content, kind, **more)

    async def _keep(self, subject, seq, content, kind, **more):
        fields = chunk(subject.rpartition(".")[2], seq, content, kind, **more)
        await self._js.publish(subject, msgpack.packb(fields))

    async def result(self, kind, request_id, payload, error=None):
        """A job's answer."""
        fields = {"request_id": request_id, "user_id": "", "timestamp": time.time()}
        data = msgpack.packb({**fields, "payload": payload, "error": error})
        await self._js.publish(f"ai.pipeline.{kind}.response.{request_id}", data)


def chunk(request_id, seq, content, kind, **more):
    """A chunk with the documented fields."""
    return {
        "request_id": request_id,
        "type": kind,
        "content": content,
        "done": kind in ("done", "error"),
        "timestamp": time.time(),
        "seq": seq,
        **more,
    }


async def read(answer):
    """All of an answer's chunks, as type and content."""
    async with contextlib.aclosing(answer) as chunks:
        return [(each.type, each.content) async for each in chunks]


def text(chunks):
    """What a reader makes of them: a restart voids what came before it."""
    found = ""
    for kind, content in chunks:
        found = "" if kind == "restart" else found + content
    return found
