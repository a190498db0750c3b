"""One Triton Inference Server as a child process: start, wait, stop, nothing left behind."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Self

import httpx
import psutil

from tritone.errors import ServerFailed
from tritone.launcher.command import server_command, server_environment
from tritone.launcher.layout import find_wheel, link_backends, link_openmp
from tritone.launcher.logs import Line, read_lines
from tritone.launcher.ports import check_port
from tritone.launcher.shm import new_prefix, remove_regions, remove_stale_regions
from tritone.settings import Settings
from tritone.stubs import stubs_with

__all__ = ["TritonServer", "check_ports"]

STOP_SECONDS: Final = 8.0
"""How long requests may finish and models unload before the process is killed."""
LOAD_SECONDS: Final = 600.0
"""How long loading every model may take on a slow disk."""
_KEPT_LINES: Final = 40


class TritonServer:
    """A Triton over the repositories of the settings.

    Args:
        settings: ports, address and repositories.
        environment: variables for the server and its models beside this process's own.
        on_line: takes every line of output; called in a thread of its own.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        environment: Mapping[str, str] | None = None,
        on_line: Callable[[Line], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._environment = dict(environment or {})
        self._on_line = on_line
        self._folder = Path(tempfile.mkdtemp(prefix="tritone-"))
        self._shm_prefix = new_prefix()
        self._tail: deque[str] = deque(maxlen=_KEPT_LINES)
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self.log_file = settings.home / "logs" / f"triton-{settings.http_port}.log"

    @property
    def pid(self) -> int:
        """Process id of the running server, or 0."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    @property
    def returncode(self) -> int | None:
        """Exit status once the server has ended by itself."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Starts the process; `wait_ready` waits for its models.

        Raises:
            PortInUse: one of its ports is taken; the message says by whom.
            SetupError: the wheel is not usable.
        """
        check_ports(self._settings)
        remove_stale_regions()
        wheel = find_wheel()
        command = server_command(
            self._settings,
            server=wheel.server,
            backends=link_backends(wheel, self._folder / "backends"),
            shm_prefix=self._shm_prefix,
            exit_seconds=int(STOP_SECONDS) - 2,
        )
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        if self.log_file.exists():  # the log of one start is kept beside that of the last
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=server_environment(
                self._settings,
                {**os.environ, **self._environment},
                openmp=link_openmp(self._folder / "lib"),
            ),
            start_new_session=True,  # Ctrl-C reaches the launcher, which stops the server in order
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def wait_ready(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Waits until every model is loaded.

        Raises:
            ServerFailed: the server ended, or took too long; its last lines are in the message.
        """
        deadline = time.monotonic() + LOAD_SECONDS
        url = f"http://{self._settings.host}:{self._settings.http_port}/v2/health/ready"
        while not cancelled():
            if self.returncode is not None:
                self._reader_done()
                raise ServerFailed(
                    f"Triton ended with status {self.returncode} while loading; "
                    f"all of its output is in {self.log_file}\n{self._last_errors()}"
                )
            if time.monotonic() > deadline:
                raise ServerFailed(f"Triton did not load within {LOAD_SECONDS:.0f} s")
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(url, timeout=1).status_code == httpx.codes.OK:
                    return
            time.sleep(0.1)

    def stop(self) -> None:
        """Stops the server, its stubs, and removes its files and shared memory."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(STOP_SECONDS)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            _end(stubs_with(self._shm_prefix))
            self._reader_done()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None
        remove_regions(self._shm_prefix)

    def close(self) -> None:
        """Stops the server and removes the launcher's own folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with self.log_file.open("a", encoding="utf-8") as log:

            def tee() -> Iterator[str]:
                for entry in process.stdout or ():
                    log.write(entry)
                    log.flush()
                    yield entry

            for line in read_lines(tee()):
                if line.level in ("warning", "error") or line.source == "model":
                    self._tail.append(line.text)
                self._on_line(line)

    def _reader_done(self) -> None:
        if self._reader is not None:
            self._reader.join(timeout=2)

    def _last_errors(self) -> str:
        return "\n".join(f"  {text}" for text in self._tail)


def check_ports(settings: Settings) -> None:
    """Raises PortInUse when one of the server's ports is taken."""
    for name in ("http_port", "grpc_port", "metrics_port"):
        check_port(settings.host, getattr(settings, name), f"TRITONE_{name.upper()}")


def _end(pids: list[int]) -> None:
    """Ends processes by id: politely, then for good."""
    processes = []
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            processes.append(psutil.Process(pid))
    _, left = psutil.wait_procs(processes, timeout=1)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=2)
