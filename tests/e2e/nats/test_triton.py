"""Triton itself is killed while it answers over NATS."""

import asyncio
import io
import os
import signal
import uuid
import wave

import msgpack
import pytest

from tests.e2e.nats.publisher import put_together
from tests.integration.conftest import SAMPLES, free_settings
from tritone.launcher.supervisor import Supervisor

pytestmark = [pytest.mark.nats, pytest.mark.triton, pytest.mark.timeout(600)]

JOBS, CHATS = 280, 20


@pytest.fixture
def triton():
    """One of the test's own, which comes back when it dies."""
    used = free_settings()
    with Supervisor(used) as server:
        server.wait_ready()
        yield used, server


async def test_nothing_is_lost_when_triton_is_killed(triton, server, bridges, publisher, ready):
    """Jobs and chats: each has one answer, in its order, and none is an error."""
    used, supervisor = triton
    bridges.start(server.url, real=True, TRITONE_TRITON_URL=used.grpc_url)
    await ready()
    jobs = [str(uuid.uuid4()) for _ in range(JOBS)]

    async def ask():
        for place, request_id in enumerate(jobs):
            job = {"request_id": request_id, "user_id": "u1"}
            text = f"Ticket {place}: the kettle does not switch itself off."
            job |= {"payload": {"texts": [text]}}
            await publisher.keep("ai.pipeline.embedding.request", job)
            if place % (JOBS // CHATS) == 0:
                await publisher.chat()
            await asyncio.sleep(0.02)

    asking = asyncio.create_task(ask())
    await asyncio.sleep(3)
    os.kill(supervisor.pid, signal.SIGKILL)
    await asking
    answers = await publisher.answers(300)
    assert len(publisher.asked) == CHATS
    for request_id in publisher.asked:
        ((answer, _),) = answers[request_id]
        assert answer["type"] == "done"
        assert put_together(publisher.heard[request_id].chunks) == answer["content"] != ""
    async with asyncio.timeout(120):
        found = {}
        while set(found) != set(jobs):
            kept = await publisher.stored("AI_PIPELINE", "ai.pipeline.embedding.response.*")
            found = {fields["request_id"]: fields for fields, _ in kept}
            await asyncio.sleep(1)
    assert len(kept) == JOBS
    assert all(fields["error"] is None for fields in found.values())


async def test_a_spoken_question_is_answered_in_speech(triton, server, bridges, publisher, ready):
    """A recording goes in as bytes; a transcript, text and audio come out."""
    used, _ = triton
    bridges.start(server.url, real=True, TRITONE_TRITON_URL=used.grpc_url)
    await ready()
    request_id, chunks = str(uuid.uuid4()), []

    async def hear(message):
        chunks.append(msgpack.unpackb(message.data))

    await publisher._nc.subscribe(f"ai.voice.response.stream.{request_id}", cb=hear)
    recording = (SAMPLES / "question.wav").read_bytes()
    turn = {"request_id": request_id, "user_id": "u1", "audio": recording, "format": "wav"}
    await publisher.keep("ai.voice.user.u1.request", turn)
    async with asyncio.timeout(120):
        while not (chunks and chunks[-1]["done"]):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.1)
    assert "largest planet" in "".join(each["transcript"] for each in chunks)
    assert "Jupiter" in put_together(chunks)
    audio = b"".join(each["audio"] for each in chunks)
    with wave.open(io.BytesIO(recording)) as asked:
        assert len(audio) > asked.getframerate()  # half a second at least
