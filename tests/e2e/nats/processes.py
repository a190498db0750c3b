"""Bridges as processes that a test may kill, and what their models have written down."""

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

RUNNING = 24
"""Chats at work in each bridge."""


@dataclass(frozen=True)
class Run:
    """One answer that a model began; `ended` is 0 if it did not come to its end."""

    message: str
    pid: int
    began: float
    ended: float = 0.0


class Bridges:
    """Bridges over one server.

    Args:
        folder: for the journal and the logs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.journal = folder / "journal"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, url: str, *, real: bool = False, **more: str) -> subprocess.Popen[bytes]:
        """One more, over the server of this address; a `real` one calls Triton."""
        slow = ["tests.e2e.nats.slow_bridge", str(self.journal)]
        environment = {
            **os.environ,
            "TRITONE_NATS_URL": url,
            "TRITONE_BRIDGE__METRICS_PORT": "0",
            "TRITONE_BRIDGE__LANES__CHAT__RUNNING": str(RUNNING),
            **more,
        }
        log = (self._folder / f"bridge-{len(self._running)}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", *(["bridge"] if real else slow)],
                env=environment,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """With SIGKILL, as a crash would end it."""
        process.kill()
        process.wait()

    def close(self) -> None:
        """Ends all of them."""
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill(process)

    def take_models_down(self) -> None:
        """As a killed Triton."""
        self.journal.with_suffix(".down").touch()

    def bring_models_up(self) -> None:
        """As one that was started again."""
        self.journal.with_suffix(".down").unlink()

    def runs(self) -> list[Run]:
        """What the models have begun, in order."""
        found: list[Run] = []
        for line in self.journal.read_text().splitlines() if self.journal.exists() else []:
            at, pid, what, message = line.split(" ", 3)
            if what == "begin":
                found.append(Run(message, int(pid), float(at)))
                continue
            (place,) = [
                place
                for place, run in enumerate(found)
                if (run.message, run.pid, run.ended) == (message, int(pid), 0.0)
            ][-1:]
            found[place] = Run(message, int(pid), found[place].began, float(at))
        return found

    def log(self) -> str:
        """What all bridges have logged."""
        return "".join(path.read_text() for path in sorted(self._folder.glob("bridge-*.log")))


def ended(runs: list[Run]) -> Counter[str]:
    """How often each message was answered to its end by a model."""
    return Counter(run.message for run in runs if run.ended)
