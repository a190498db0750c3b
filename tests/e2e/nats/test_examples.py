"""The examples of docs/nats.md, against a bridge in a process of its own."""

import asyncio
import signal
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from tests.e2e.nats.slow_bridge import pieces_of

pytestmark = pytest.mark.nats

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def run(name, *arguments, server):
    """An example that runs."""
    command = [sys.executable, str(EXAMPLES / name), *arguments, "--server", server.url]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, **pipes)


async def finished(process):
    """What it printed; it must succeed."""
    out, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert (process.returncode, err) == (0, "")
    return out


async def test_the_plain_example_prints_an_answer(server, bridges, publisher, ready):
    """All of it, in its order."""
    bridges.start(server.url)
    await ready()
    printed = await finished(run("nats_chat.py", "say this", server=server))
    assert printed == "".join(pieces_of("say this")) + "\n"


async def test_the_plain_example_tells_errors_and_silence(server, bridges, ready):
    """By a line and an exit code."""
    bridges.start(server.url)
    await ready()
    process = run("nats_chat.py", " ", server=server)
    _, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert (process.returncode, err) == (1, "error: TEXT_EMPTY: the message is empty\n")


async def test_ctrl_c_stops_the_model(server, bridges, publisher, ready):
    """The example ends with 130, and the answer with CANCELLED before its end."""
    bridges.start(server.url)
    await ready()
    process = run("nats_chat.py", "say this", server=server)
    while not publisher.heard:  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGINT)
    await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 130
    (heard,) = publisher.heard.values()
    async with asyncio.timeout(20):
        while not heard.wholes:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.05)
    assert (heard.wholes[0]["type"], heard.wholes[0]["code"]) == ("error", "CANCELLED")
    assert not any(each.ended for each in bridges.runs())


async def test_the_voice_example_writes_the_spoken_answer(server, bridges, ready, tmp_path):
    """With what was heard and answered as text."""
    bridges.start(server.url)
    await ready()
    question, reply = tmp_path / "question.wav", tmp_path / "reply.wav"
    with wave.open(str(question), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(16_000)
        made.writeframes(bytes(32_000))
    printed = await finished(run("nats_voice.py", str(question), "-o", str(reply), server=server))
    assert printed == "> What is it?\nIt is four.\n"
    with wave.open(str(reply)) as spoken:
        assert spoken.getnframes() == 150
