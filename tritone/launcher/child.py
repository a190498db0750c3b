"""One child process that is kept alive: started, waited for, started again when it dies, stopped.

What it logs is read from its stderr. It is in a session of its own, so that Ctrl-C reaches the
launcher only, which stops everything in order.
"""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tritone.errors import ServerFailed, SetupError

__all__ = ["Child", "read_entry"]

WATCH_SECONDS: Final = 0.25
"""How late a death is noticed."""
BACK_OFF_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
STABLE_SECONDS: Final = 60.0
"""After running this long, earlier deaths are forgotten."""


class Child:
    """A process.

    Args:
        name: what messages call it: "the edge".
        command: what to run.
        serves: whether it answers already; asked again and again while it starts.
        stop_seconds: how long it may take to end after SIGTERM.
        environment: variables beside this process's own.
        pass_fds: open files that it inherits.
        on_line: takes each line that it logs; called in another thread.
        on_event: takes what is noticed about it: a text and its level; called in another thread.
        revive: whether it is started again when it dies.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        serves: Callable[[], bool],
        stop_seconds: float,
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        on_line: Callable[[str], None] = lambda _: None,
        on_event: Callable[[str, str], None] = lambda _text, _level: None,
        revive: bool = True,
    ) -> None:
        self._name = name
        self._command = list(command)
        self._serves = serves
        self._stop_seconds = stop_seconds
        self._environment = dict(environment or {})
        self._pass_fds = tuple(pass_fds)
        self._on_line = on_line
        self._on_event = on_event
        self._revive = revive
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name=name, daemon=True)

    @property
    def pid(self) -> int:
        """Process id, or 0."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    def start(self) -> None:
        """Starts the process, also again after it died. Raises SetupError: it cannot be."""
        if self.pid:
            return
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self._environment},
                pass_fds=self._pass_fds,
                start_new_session=True,
            )
        except OSError as error:
            raise SetupError(f"{self._name} cannot be started: {error}") from None
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def wait_ready(self, seconds: float, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Waits until it serves, and watches over it from then on.

        Raises:
            ServerFailed: it ended, or does not serve after so many seconds.
        """
        deadline = time.monotonic() + seconds
        while not cancelled():
            if not self.pid:
                raise ServerFailed(f"{self._name} ended while starting; its log above says why")
            if time.monotonic() > deadline:
                raise ServerFailed(f"{self._name} does not serve after {seconds:.0f} s")
            if self._serves():
                break
            time.sleep(0.1)
        if self._revive and not self._watcher.is_alive():
            self._watcher.start()

    def close(self) -> None:
        """Ends the process: politely, and after its time for good."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join(timeout=30)
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self._stop_seconds)
        if process.poll() is None:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join(timeout=2)

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                self._on_line(line.rstrip("\n"))

    def _watch(self) -> None:
        deaths = 0
        started = time.monotonic()
        while not self._stopping.wait(WATCH_SECONDS):
            if self.pid:
                continue
            deaths = 0 if time.monotonic() - started > STABLE_SECONDS else deaths + 1
            pause = BACK_OFF_SECONDS[min(deaths, len(BACK_OFF_SECONDS)) - 1] if deaths else 0.1
            self._on_event(f"{self._name} ended: starting it again in {pause:g} s", "error")
            if self._stopping.wait(pause):
                return
            try:
                self.start()
            except SetupError as error:  # another round decides
                self._on_event(error.message, "error")
            started = time.monotonic()


def read_entry(line: str) -> tuple[str, str, dict[str, Any]]:
    """Level, text and fields of a line that a door logged as JSON; other lines as they are."""
    try:
        entry = json.loads(line)
        return (
            entry.pop("level"),
            entry.pop("text"),
            {k: v for k, v in entry.items() if k != "time"},
        )
    except (ValueError, KeyError, AttributeError, TypeError):
        return "warning", line, {}
