"""Bridges that can be killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx

from tests.nats.server_kit import free_ports


class Process:
    """A bridge with doubles for the models.

    Args:
        url: of the NATS server.
        words: what chats are answered with, joined by commas.
        pause: seconds between them.
        ack_wait: seconds until a message that nobody works on comes again.
    """

    def __init__(self, url: str, words: str, pause: float, ack_wait: float) -> None:
        (self.port,) = free_ports(1)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nats.bridge_process"],
            env={
                **os.environ,
                "WORDS": words,
                "PAUSE": str(pause),
                "ACK_WAIT": str(ack_wait),
                "TRITONE_NATS_URL": url,
                "TRITONE_BRIDGE__METRICS_PORT": str(self.port),
                "TRITONE_BRIDGE__DRAIN_SECONDS": os.environ.get("DRAIN", "20"),
            },
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> int:
        """The status of its readiness; 0 while nobody answers."""
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.port}/health/ready").status_code
        return 0

    def wait_ready(self) -> None:
        """Returns once it takes messages."""
        for _ in range(1000):
            if self.ready() == httpx.codes.OK:
                return
            assert self._process.poll() is None, "it has ended"
            time.sleep(0.02)
        raise AssertionError("it is not ready")

    def kill(self) -> None:
        """Ends it as a crash would."""
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        """Lets it stand still."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Lets it go on."""
        self._process.send_signal(signal.SIGCONT)

    def terminate(self) -> None:
        """Asks it to stop."""
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> tuple[int, str]:
        """Its exit status, once it has ended, and what it logged."""
        _, log = self._process.communicate(timeout=60)
        return self._process.returncode, log

    def close(self) -> None:
        """Ends it, if it has not ended."""
        if self._process.poll() is None:
            self.kill()


@contextlib.contextmanager
def process(
    url: str, *, words: str = "one ,two ,three", pause: float = 0.0, ack_wait: float = 1.5
) -> Iterator[Process]:
    """A bridge that takes messages."""
    started = Process(url, words, pause, ack_wait)
    try:
        started.wait_ready()
        yield started
    finally:
        started.close()
