"""AIServices that can be stopped."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

from tests.nats.server_kit import free_ports

__all__ = ["Process", "process"]


class Process:
    """One that runs.

    Args:
        module: what is run.
        environment: its settings.
    """

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self.port, self.window = free_ports(2)
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TRITONE_", "HA_", "GRPC_", "LOG_"))
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            env={
                **clean,
                "GRPC_LISTEN_ADDR": f"127.0.0.1:{self.port}",
                "TRITONE_RPC__METRICS_PORT": str(self.window),
                "LOG_FORMAT": "JSON",
                **environment,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"127.0.0.1:{self.port}"

    def ready(self) -> int:
        """The status of its readiness; 0 while nobody answers."""
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.window}/health/ready").status_code
        return 0

    def wait_ready(self) -> None:
        """Returns once it serves."""
        for _ in range(2000):
            if self.ready() == httpx.codes.OK:
                return
            assert self._process.poll() is None, self.ended()
            time.sleep(0.02)
        raise AssertionError("it is not ready")

    def tell(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        self._process.send_signal(number)

    def ended(self) -> tuple[int, list[dict[str, Any]]]:
        """Its exit status, once it has ended, and what it logged; lines of others by `text`."""
        _, log = self._process.communicate(timeout=60)
        return self._process.returncode, [_entry(line) for line in log.splitlines()]

    def close(self) -> None:
        """Ends it, if it has not ended."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def _entry(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {"text": line}
    return found if isinstance(found, dict) else {"text": line}


@contextlib.contextmanager
def process(
    module: str = "tests.rpc.rpc_process", *, wait: bool = True, **environment: str
) -> Iterator[Process]:
    """One that serves."""
    started = Process(module, environment)
    try:
        if wait:
            started.wait_ready()
        yield started
    finally:
        started.close()
