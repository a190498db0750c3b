"""Two bridges, of which one stands still for longer than ack_wait, and then goes on."""

import asyncio
import json

import pytest

from tests.nats.bridge_kit import chat, job, new_id
from tests.nats.process_kit import process
from tests.nats.reader_kit import reading, seqs, stored

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"
WORDS = ",".join(f"{number} " for number in range(100))
TEXT = WORDS.replace(",", "")


async def test_a_bridge_that_stood_still_does_not_write_on(nc, js, nats_server):
    """The other one has answered; the first is overtaken, and nobody reads two answers."""
    request_id = new_id()
    async with reading(nc, request_id) as reader:
        with process(nats_server.url, words=WORDS, pause=0.05) as first:
            await js.publish(MESSAGE, chat(request_id))
            await reader.until(lambda: len(reader.chunks) >= 3)
            first.stop()
            with process(nats_server.url, words=WORDS, pause=0.02) as second:
                await reader.ended()
                first.go_on()
                await asyncio.sleep(1.0)
                for one in (first, second):
                    one.terminate()
                    code, log = await asyncio.to_thread(one.wait)
                    assert code == 0
                    if one is first:
                        codes = [json.loads(line).get("code") for line in log.splitlines()]
    assert "SUPERSEDED" in codes
    kept = await stored(js, "AI_CHAT_STREAM", f"ai.chat.response.stream.{request_id}")
    types = [chunk["type"] for chunk in kept]
    assert (types.count("restart"), types.count("done"), types[-1]) == (1, 1, "done")
    assert seqs(kept) == list(range(len(kept)))
    assert [whole["content"] for whole in reader.wholes] == [TEXT]


async def test_a_job_that_stood_still_is_answered_once(nc, js, nats_server):
    """The first bridge looks before it stores its late result, and finds the other one's."""
    request_id = new_id()
    subject = f"ai.pipeline.embedding.response.{request_id}"
    async with reading(nc, request_id, "ai.pipeline.embedding.response") as reader:
        with process(nats_server.url, pause=1.0, ack_wait=1.0) as first:
            message = job(request_id, {"texts": "a cat"})
            await js.publish("ai.pipeline.embedding.request", message)
            await asyncio.sleep(0.5)
            first.stop()
            with process(nats_server.url, ack_wait=1.0):
                await reader.whole()
                await asyncio.sleep(5.0)
                first.go_on()
                await asyncio.sleep(2.0)
    assert len(reader.wholes) == 1
    assert len(await stored(js, "AI_PIPELINE", subject)) == 1
