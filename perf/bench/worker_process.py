"""The runner's side of a worker: its process, started, asked, and ended by its id."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from perf.bench.processes import ended
from perf.bench.subjects.base import Options
from perf.bench.wire import Ask, Done, Reply, Work, pack, unpack
from tritone.errors import ServerFailed

__all__ = ["WorkerProcess"]

CLOSE_SECONDS: Final = 8.0
"""How long letting go of an engine, or of a connection, may take."""
_ROOT: Final = Path(__file__).resolve().parents[2]
_TAIL: Final = 600
"""So many characters of what a worker said last are shown when it ends by itself."""
_LINE_BYTES: Final = 256 * 1024 * 1024


class WorkerProcess:
    """A subject in a process of its own.

    Args:
        subject: its name.
        command: what to run instead of ``python -m perf.bench.worker SUBJECT``.
        environment: variables beside this process's own.
    """

    def __init__(
        self,
        subject: str,
        *,
        command: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.subject = subject
        self.facts: Mapping[str, Any] = {}
        self._command = command or (sys.executable, "-m", "perf.bench.worker", subject)
        self._environment = dict(environment or {})
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Process id, or 0."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else 0

    async def open(self, options: Options, seconds: float) -> None:
        """Starts it and waits until the subject is ready; `facts` are known then.

        Raises:
            ServerFailed: it is not ready within so many seconds, or cannot be.
        """
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._log,
            cwd=_ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self._environment},
            limit=_LINE_BYTES,
            start_new_session=True,  # Ctrl-C reaches the runner, which ends workers in order
        )
        reply = await self._asked(Ask(open=options), seconds)
        self.facts = reply.ready or {}

    async def round(self, work: Work, seconds: float) -> Done:
        """What came of one round.

        Raises:
            ServerFailed: no answer came within so many seconds, or it failed.
        """
        reply = await self._asked(Ask(round=work), seconds)
        if reply.round is None:
            raise ServerFailed(f"{self.subject} answered a round with something else")
        return reply.round

    async def close(self) -> None:
        """Closes its pipe, so that it ends in order; after its time it is ended by its id."""
        process = self._process
        if process is not None and process.returncode is None:
            assert process.stdin is not None
            process.stdin.close()
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await process.wait()
            except TimeoutError:
                await asyncio.to_thread(ended, [process.pid])
                await process.wait()
        self._log.close()

    async def _asked(self, ask: Ask, seconds: float) -> Reply:
        process = self._process
        assert process is not None, "it has been opened"
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                process.stdin.write(pack(ask))
                await process.stdin.drain()
                line = await process.stdout.readline()
        except TimeoutError:
            raise ServerFailed(f"{self.subject} gave no answer within {seconds:.0f} s") from None
        except (ConnectionError, BrokenPipeError):
            line = b""
        if not line:
            status = await process.wait()
            raise ServerFailed(f"{self.subject} ended{_why(status)}{self._tail()}")
        try:
            reply = unpack(Reply, line)
        except msgspec.DecodeError:
            raise ServerFailed(f"{self.subject} answered with no line of the protocol") from None
        if reply.error is not None:
            raise ServerFailed(f"{self.subject}: {reply.error}")
        return reply

    def _tail(self) -> str:
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - _TAIL))
        lines = self._log.read().decode(errors="replace").splitlines()
        said = " / ".join(line.strip() for line in lines if line.strip())
        return f"; it said last: {said}" if said else ""


def _why(status: int) -> str:
    if status < 0:
        return f" by signal {signal.Signals(-status).name}"
    return f" with status {status}" if status else ""
