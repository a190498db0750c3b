"""A real Triton with the real models, started once for all integration tests."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from tritone.client import Client
from tritone.launcher.supervisor import Supervisor
from tritone.settings import Settings, settings

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"


def free_settings(**changes) -> Settings:
    """Settings with ports that nobody uses."""
    sockets = [socket.socket() for _ in range(3)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    http, grpc, metrics = (one.getsockname()[1] for one in sockets)
    for one in sockets:
        one.close()
    ports = {"http_port": http, "grpc_port": grpc, "metrics_port": metrics}
    return settings().model_copy(update=ports | changes)


class Platform:
    """The running server and what the tests ask of it."""

    def __init__(self, server: Supervisor, used: Settings):
        self.server = server
        self.settings = used
        self.http = f"http://127.0.0.1:{used.http_port}"
        self.events: list[str] = []

    def metrics(self) -> dict[str, float]:
        """Triton's metrics of this platform's own, by name."""
        text = httpx.get(f"http://127.0.0.1:{self.settings.metrics_port}/metrics").text
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("tritone_"))
        return {name.split("{")[0].removeprefix("tritone_"): float(value) for name, value in rows}

    def statistics(self, model: str) -> dict:
        """Triton's statistics of one model."""
        answer = httpx.get(f"{self.http}/v2/models/{model}/stats").json()
        return answer["model_stats"][0]

    def batches(self, model: str) -> dict[int, int]:
        """How often the model ran with each batch size."""
        return {
            int(row["batch_size"]): int(row["compute_infer"]["count"])
            for row in self.statistics(model)["batch_stats"]
        }


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The server, ready."""
    used = free_settings()
    events: list[str] = []
    with Supervisor(used, on_event=lambda text, _level: events.append(text)) as server:
        server.wait_ready()
        platform = Platform(server, used)
        platform.events = events
        yield platform


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[Client]:
    """A client of the server."""
    async with Client(platform.settings.grpc_url, idle_timeout=60) as client:
        yield client


def sample(name: str) -> tuple[np.ndarray, int]:
    """A shipped recording: float32 mono samples and their rate."""
    audio, rate = soundfile.read(SAMPLES / f"{name}.wav", dtype="float32")
    return audio, rate
