"""The bridge as a process: killed, and asked to stop."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from tests.nats.bridge_kit import chat, new_id
from tests.nats.process_kit import process
from tests.nats.reader_kit import reading, seqs, stored
from tests.nats.server_kit import free_ports
from tritone.nats.letters import list_letters

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"
WORDS = ",".join(f"{number} " for number in range(100))
TEXT = WORDS.replace(",", "")


async def test_a_bridge_that_dies_in_mid_answer_is_replaced(nc, js, nats_server):
    """The next one voids what was said, says all of it, and numbers its chunks on."""
    request_id = new_id()
    async with reading(nc, request_id) as reader:
        with process(nats_server.url, words=WORDS, pause=0.05) as first:
            await js.publish(MESSAGE, chat(request_id))
            await reader.until(lambda: len(reader.chunks) >= 5)
            first.kill()
        before = len(reader.chunks)
        with process(nats_server.url, words=WORDS):
            await reader.ended()
            whole = await reader.whole()
    assert before < 100
    assert reader.types == ["chunk", "restart", "chunk", "done"]
    assert reader.text == TEXT == whole["content"]
    kept = await stored(js, "AI_CHAT_STREAM", f"ai.chat.response.stream.{request_id}")
    assert seqs(kept) == list(range(len(kept)))
    assert len(reader.wholes) == 1


async def test_a_message_that_kills_the_bridge_each_time_gets_one_more_try(nc, js, nats_server):
    """After three deaths the server gives it up; the bridge answers it when it can at last."""
    request_id = new_id()
    async with reading(nc, request_id) as reader:
        await _die(nc, js, nats_server, reader, request_id, times=3)
        with process(nats_server.url, words="here ,it ,is"):
            await reader.until(lambda: reader.wholes)
            await reader.ended()
    assert reader.text == "here it is"
    assert [whole["type"] for whole in reader.wholes] == ["done"]
    assert reader.types[-3:] == ["restart", "chunk", "done"]
    assert not await list_letters(js)


async def test_a_message_that_always_kills_the_bridge_is_a_dead_letter(nc, js, nats_server):
    """When the bridge dies of it once more, it is buried, and its sender is told."""
    request_id = new_id()
    async with reading(nc, request_id) as reader:
        await _die(nc, js, nats_server, reader, request_id, times=4)
        with process(nats_server.url, words="never"):
            whole = await reader.whole()
            await reader.until(lambda: reader.types[-1] == "error")
            for _ in range(200):
                letters = await list_letters(js)
                if letters:
                    break
    assert (whole["type"], whole["code"]) == ("error", "ENGINE_DIED")
    (letter,) = letters
    assert (letter.code, letter.subject, letter.stream) == (
        "ENGINE_DIED",
        MESSAGE,
        "COMPANIONS_CHAT",
    )
    assert letter.attempts >= 4


async def _die(nc, js, nats_server, reader, request_id, *, times):
    """Bridges that are killed as soon as they have begun to answer."""
    for number in range(times):
        with process(nats_server.url, words=WORDS, pause=0.05, ack_wait=1.0) as one:
            if not number:
                await js.publish(MESSAGE, chat(request_id))
            begun = len(reader.chunks)
            await reader.until(lambda begun=begun: len(reader.chunks) >= begun + 2)
            one.kill()


async def test_a_bridge_that_is_asked_to_stop_finishes_its_work(nc, js, nats_server):
    """After SIGTERM it says that it is not ready, ends the answer that it began, and exits."""
    request_id, later = new_id(), new_id()
    async with reading(nc, request_id) as reader:
        with process(nats_server.url, words=WORDS, pause=0.02) as one:
            await js.publish(MESSAGE, chat(request_id))
            await reader.until(lambda: reader.chunks)
            one.terminate()
            for _ in range(100):
                status = await asyncio.to_thread(one.ready)
                if status == 503:
                    break
            await js.publish(MESSAGE, chat(later))
            await reader.ended()
            code, log = await asyncio.to_thread(one.wait)
    assert status == 503
    assert (code, reader.text) == (0, TEXT)
    assert "draining" in [json.loads(line)["text"] for line in log.splitlines()]
    info = await js.consumer_info("COMPANIONS_CHAT", "chat-handler")
    assert (info.num_pending, info.num_ack_pending) == (1, 0)  # what came later is for others


async def test_what_does_not_finish_in_time_is_put_back(nc, js, nats_server, monkeypatch):
    """Work that outlasts the drain goes to another bridge at once, not after ack_wait."""
    request_id = new_id()
    monkeypatch.setenv("DRAIN", "0.2")
    async with reading(nc, request_id) as reader:
        with process(nats_server.url, words=WORDS, pause=0.5, ack_wait=600) as one:
            await js.publish(MESSAGE, chat(request_id))
            await reader.until(lambda: reader.chunks)
            one.terminate()
            assert (await asyncio.to_thread(one.wait))[0] == 0
        with process(nats_server.url, words="at ,once", ack_wait=600):
            await reader.ended()
    assert reader.types == ["chunk", "restart", "chunk", "done"]
    assert reader.text == "at once"


def test_without_a_nats_server_it_says_what_to_do():
    """`python -m bridge` ends with the error's code and a way out."""
    (port,) = free_ports(1)
    environment = {**os.environ, "TRITONE_NATS_URL": f"nats://127.0.0.1:{port}"}
    ended = subprocess.run(
        [sys.executable, "-m", "bridge"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert "SERVER_UNREACHABLE" in ended.stderr
    assert "TRITONE_NATS_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
