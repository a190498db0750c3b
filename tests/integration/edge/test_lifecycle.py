"""How a door starts and ends: readiness, drain, and no Triton behind it."""

import asyncio
import os
import signal
import socket

import httpx
import pytest

from tests.integration.conftest import free_settings
from tests.integration.edge.conftest import open_door
from tritone.errors import PortInUse, ServerFailed
from tritone.launcher import door as launcher_door
from tritone.launcher.entrances import edge

pytestmark = pytest.mark.triton


async def test_ready_and_live(door) -> None:
    """Both say ok, and readiness counts the Triton."""
    async with httpx.AsyncClient(base_url=door.url) as client:
        assert (await client.get("/health/live")).json()["status"] == "ok"
        ready = await client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["backends"] == {"up": 1, "down": 0}


async def test_drain_finishes_what_runs(platform) -> None:
    """After SIGTERM a running stream ends as it would have; nobody new is served."""
    with open_door(platform.settings) as opened:
        body = {
            "model": "llm",
            "max_tokens": 60,
            "stream": True,
            "messages": [{"role": "user", "content": "Count from one to forty in words."}],
        }
        lines = []
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", f"{opened.api}/chat/completions", json=body) as answer,
        ):
            async for line in answer.aiter_lines():
                lines.append(line)
                if len(lines) == 6:
                    os.kill(opened.door.pid, signal.SIGTERM)
        assert lines[-2] == "data: [DONE]" or lines[-1] == "data: [DONE]"
        assert sum('"finish_reason":"' in line for line in lines) == 1
        for _ in range(100):
            if not opened.door.pid:
                break
            await asyncio.sleep(0.1)
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(opened.url)


async def test_without_a_triton(platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door lives but is not ready; requests get 503 and a time to try again."""
    monkeypatch.setattr(launcher_door, "START_SECONDS", 8.0)
    nobody = free_settings()
    with pytest.raises(ServerFailed, match="does not serve"), open_door(nobody):
        pass


def test_port_that_is_taken(platform) -> None:
    """A taken port is named before anything is started."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        taken = platform.settings.edge.model_copy(update={"port": port})
        used = platform.settings.model_copy(update={"edge": taken})
        with pytest.raises(PortInUse, match="TRITONE_EDGE__PORT"):
            launcher_door.Door(edge(used), used).start()
