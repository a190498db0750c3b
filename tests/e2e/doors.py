"""Doors for these tests: processes of their own, in front of the one Triton."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tritone.access.keys import create
from tritone.access.store import edited
from tritone.settings import Settings

__all__ = ["ROOT", "RunningDoor", "new_key", "opened"]

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


@dataclass(frozen=True)
class RunningDoor:
    """Where a door answers, with which key, and what it logs."""

    url: str
    key: str
    log: Path

    def client(self) -> httpx.Client:
        """An HTTP client with its key."""
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)


def new_key(path: Path) -> str:
    """Makes a key that may do everything, in a file of keys; its text."""
    key, text = create("tests")
    with edited(path) as keys:
        keys[key.id] = key
    return text


@contextlib.contextmanager
def opened(
    triton: Settings, folder: Path, key: str = "", **environment: str
) -> Iterator[RunningDoor]:
    """A door in front of `triton`, as long as the block lasts; it has to stop on SIGTERM."""
    port = _free_port()
    log = folder / "door.log"
    environment = {
        **os.environ,
        "TRITONE_BACKENDS": f"{triton.grpc_url}/{triton.metrics_port}",
        "TRITONE_EDGE__PORT": str(port),
        "TRITONE_LOG_FORMAT": "json",
        **environment,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "edge"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    door = RunningDoor(f"http://127.0.0.1:{port}", key, log)
    try:
        _wait(door, process)
        yield door
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            pytest.fail("the door does not stop")


def _wait(door: RunningDoor, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{door.url}/health/ready").status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    pytest.fail(f"the door does not serve: {door.log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
