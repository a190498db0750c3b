"""``python -m bridge.gateway`` as its own process."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from typing import Self

from tritone.house.certificates import Files
from tritone.house.tls_floor import VARIABLE


class GatewayProcess:
    """One, on a free port; a context manager.

    Args:
        settings: its variables.

    Attributes:
        lines: of its log.
    """

    def __init__(self, **settings: str):
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bridge.gateway"],
            env={**environment(), "TRITONE_GATEWAY__LISTEN": "127.0.0.1:0", **settings},
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            for line in self.lines:
                if found := re.search(r"serving\s+port=(\d+)", line):
                    return int(found[1])
            time.sleep(0.02)
        raise AssertionError("\n".join(self.lines))

    def end(self) -> int:
        """Its exit status, after SIGTERM if it still runs."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        try:
            return self._process.wait(30)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _read(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self.lines.append(re.sub(r"\x1b\[[0-9;]*m", "", line.rstrip("\n")))


def environment() -> dict[str, str]:
    """What a process starts with: nothing of what only the tests' own process has set."""
    return {name: value for name, value in os.environ.items() if name != VARIABLE}


def variables(files: Files) -> dict[str, str]:
    """The gateway's settings of a server's certificate."""
    return {
        "TRITONE_GATEWAY__CA_FILE": str(files.ca),
        "TRITONE_GATEWAY__CERT_FILE": str(files.certificate),
        "TRITONE_GATEWAY__KEY_FILE": str(files.key),
    }
