"""A service that asks over NATS: nats-py, MessagePack, the documented fields, nothing of ours."""

import asyncio
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field

import msgpack
import nats
import nats.errors
import nats.js.errors


@dataclass
class Heard:
    """What was heard of one answer.

    Attributes:
        chunks: in the order in which they came.
        wholes: whole answers that were heard; there may be none while the server is away.
    """

    chunks: list[dict] = field(default_factory=list)
    wholes: list[dict] = field(default_factory=list)


class Publisher:
    """A connection that asks and hears everything. Use `connected`.

    Attributes:
        heard: by request id.
        asked: what was asked, by request id.
    """

    def __init__(self, nc):
        self._nc = nc
        self._js = nc.jetstream(timeout=3)
        self.heard = defaultdict(Heard)
        self.asked = {}

    @classmethod
    async def connected(cls, url):
        """A publisher that hears all answers to chats."""

        async def silent(_error):
            pass

        nc = await nats.connect(
            url, max_reconnect_attempts=-1, reconnect_time_wait=0.2, error_cb=silent
        )
        made = cls(nc)
        await nc.subscribe("ai.chat.response.stream.*", cb=made._chunk)
        await nc.subscribe("ai.chat.response.*", cb=made._whole)
        await nc.flush()
        return made

    async def close(self):
        """Ends the connection."""
        await self._nc.close()

    async def _chunk(self, message):
        read = msgpack.unpackb(message.data)
        self.heard[read["request_id"]].chunks.append(read)

    async def _whole(self, message):
        read = msgpack.unpackb(message.data)
        self.heard[read["request_id"]].wholes.append(read)

    async def chat(self):
        """Asks something new; the request's id, once the server has the request."""
        number = len(self.asked)
        request_id, user_id = str(uuid.uuid4()), f"u{number % 7}"
        message = f"say {number}"
        self.asked[request_id] = message
        await self.keep(
            f"ai.chat.user.{user_id}.message",
            {"request_id": request_id, "user_id": user_id, "message": message},
        )
        return request_id

    async def keep(self, subject, fields):
        """Publishes until the server says that it has it; an id makes sure that it is once."""
        data = fields if isinstance(fields, bytes) else msgpack.packb(fields)
        headers = {"Nats-Msg-Id": str(uuid.uuid4())}
        while True:
            try:
                return await self._js.publish(subject, data, headers=headers)
            except (nats.errors.Error, OSError):
                await asyncio.sleep(0.2)

    async def chats(self, count, every=0.0):
        """Asks many times, one after the other."""
        for _ in range(count):
            await self.chat()
            await asyncio.sleep(every)

    async def stored(self, stream, subject):
        """All messages of a subject that a stream has: fields, and when it was stored."""
        found, seq = [], 1
        while True:
            try:
                raw = await self._js.get_msg(stream, seq, subject, direct=True, next=True)
            except nats.js.errors.NotFoundError:
                return found
            except (nats.errors.Error, OSError):
                await asyncio.sleep(0.2)
                continue
            seq = raw.seq + 1
            found.append((msgpack.unpackb(raw.data), raw.time.timestamp()))

    async def answers(self, seconds):
        """The whole answers to each request, once all have one; fields, and when it was stored."""
        until = time.monotonic() + seconds
        while True:
            await asyncio.sleep(1)  # a second answer to one of them would come now
            found = defaultdict(list)
            for fields, at in await self.stored("AI_CHAT_RESPONSE", "ai.chat.response.*"):
                found[fields["request_id"]].append((fields, at))
            if set(self.asked) <= set(found) or time.monotonic() > until:
                return found

    async def ends(self, seconds):
        """Waits until every answer whose chunks were heard was heard to its end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(  # noqa: ASYNC110 - a callback fills them
            heard.chunks and heard.chunks[-1]["type"] not in ("done", "error")
            for heard in self.heard.values()
        ):
            await asyncio.sleep(0.1)


def put_together(chunks):
    """An answer's text by the rules for readers, or None where a piece was not heard.

    A sequence number that has passed is stale; a restart voids what came before it.
    """
    text, awaited = "", 0
    for each in chunks:
        if each["seq"] < awaited:
            continue
        if each["type"] == "done":
            return text if each["seq"] == awaited else None
        if each["type"] == "restart":
            text = ""
        elif each["seq"] > awaited:
            return None
        awaited = each["seq"] + 1
        text += each["content"] if each["type"] == "chunk" else ""
    return None
