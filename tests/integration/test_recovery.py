"""Processes die; the platform does not."""

import asyncio
import os
import signal
import socket
import threading
from pathlib import Path

import psutil
import pytest

from tests.integration.conftest import ROOT, free_settings
from tests.integration.turns import turn
from tritone.client import Client
from tritone.contract import EMBEDDER, EmbedRequest
from tritone.errors import PortInUse, ServerFailed
from tritone.launcher.server import TritonServer
from tritone.launcher.supervisor import Supervisor
from tritone.messages import TextDelta
from tritone.stubs import alive, stubs_of

pytestmark = pytest.mark.triton


def repository(folder: Path, *models: str) -> Path:
    """A repository with links to some of the models."""
    for model in models:
        (folder / model).symlink_to(ROOT / "model_repository" / model)
    return folder


def kill_stub(platform, model: str) -> None:
    """Kills the processes of a model."""
    for stub in stubs_of(platform.server.pid):
        if stub.model == model:
            os.kill(stub.pid, signal.SIGKILL)


async def test_a_killed_model_ends_its_turn_and_the_next_one_works(client, platform):
    """SIGKILL in mid-answer: the caller is told at once, Triton recovers, the next turn works."""
    seen = 0

    def kill_after_some_text(event):
        nonlocal seen
        seen += isinstance(event, TextDelta)
        if seen == 5:
            kill_stub(platform, "llm")

    story = "Tell a very long story."
    broken = await asyncio.wait_for(
        turn(client, "sky", on_event=kill_after_some_text, system_prompt=story, max_tokens=500),
        client.idle_timeout / 2,  # told, not timed out
    )
    assert broken.error is not None
    assert broken.error.code == broken.failed.code == "ENGINE_DIED"
    assert len(broken.of(TextDelta)) < 100
    following = await turn(client, "question")
    assert "jupiter" in following.done.text.lower()
    assert any("'llm' died" in event for event in platform.events)
    assert any("'llm' serves again" in event for event in platform.events)


async def test_a_killed_batched_model_comes_back_too(client, platform):
    """The next turn waits for the voice that is being loaded again."""
    kill_stub(platform, "tts")
    following = await turn(client, "question")
    assert following.done.text
    assert following.audio


async def test_a_killed_server_is_started_again_and_stop_leaves_nothing(tmp_path):
    """SIGKILL of the server itself; afterwards no process, port or shared memory is left."""
    used = free_settings(repositories=(repository(tmp_path, "embedder"),))
    back = threading.Event()
    shared_before = set(Path("/dev/shm").iterdir())

    def on_event(text, _level):
        if text == "Triton serves again":
            back.set()

    with Supervisor(used, on_event=on_event) as server:
        server.wait_ready()
        first = server.pid
        pids = {stub.pid for stub in stubs_of(first)}
        os.kill(first, signal.SIGKILL)
        assert await asyncio.to_thread(back.wait, 120)
        assert server.pid not in (0, first)
        pids |= {server.pid} | {stub.pid for stub in stubs_of(server.pid)}
        async with Client(used.grpc_url) as client:
            answer = await client.infer(EMBEDDER, EmbedRequest(text="hello"))
            assert answer.tokens > 0
    assert not [pid for pid in pids if alive(pid)]
    assert set(Path("/dev/shm").iterdir()) <= shared_before
    for port in (used.http_port, used.grpc_port, used.metrics_port):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_taken_port_is_told_with_its_holder():
    """The error names the port, who has it, and the setting."""
    used = free_settings()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", used.grpc_port))
        taken.listen()
        server = TritonServer(used)
        with pytest.raises(PortInUse, match=rf"{used.grpc_port}.*pid {os.getpid()}.*GRPC_PORT"):
            server.start()
        server.close()


def test_a_model_that_cannot_load_is_told(tmp_path):
    """The start fails with the model's own error in the message, and leaves no process."""
    used = free_settings(repositories=(repository(tmp_path, "embedder"),))
    nothing = {"TRITONE_MODELS__EMBEDDER__WEIGHTS": "no-such-weights"}
    server = TritonServer(used, environment=nothing)
    try:
        server.start()
        pid = server.pid
        with pytest.raises(ServerFailed, match="no-such-weights"):
            server.wait_ready()
    finally:
        server.close()
    assert not psutil.pid_exists(pid)
