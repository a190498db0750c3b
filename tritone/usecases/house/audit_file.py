"""The audit as a file: one JSON object a line, only ever added to, nobody else's to read."""

import asyncio
import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
import structlog

from tritone.usecases.house.audit import AuditRecord

__all__ = ["MOST_BYTES", "AuditFile"]

MOST_BYTES: Final = 16 * 2**20
"""A file that would become larger is put aside as ``.1``; the ``.1`` before it is lost."""
_MOST_WAITING: Final = 1_000
_WAIT_SECONDS: Final = 5.0
_MODE: Final = 0o600
log = structlog.get_logger("house")


class AuditFile:
    """An `Audit` in a file of one process. A record is on the disk when `write` returns.

    What cannot be written is told in the log and does not stop the house: a lamp is to be turned
    off even where the disk is full.

    Args:
        path: the file; it and its folder are made where they are missing.
        most_bytes: of one file.
    """

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        self._most_bytes = most_bytes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")
        self._waiting = 0

    async def write(self, record: AuditRecord) -> None:
        """Adds a record; being cancelled ends the wait, not the writing.

        A disk that does not answer is waited for 5 seconds; then the record stays with the writing
        thread, which keeps 1,000 of them at most.
        """
        if self._waiting >= _MOST_WAITING:
            self._lost(record, "the disk does not answer")
            return
        self._waiting += 1
        writing = asyncio.get_running_loop().run_in_executor(self._thread, self._add, record)
        writing.add_done_callback(self._written)
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await asyncio.shield(writing)
        except TimeoutError:
            log.error("audit record still unwritten", file=str(self._path))  # noqa: TRY400

    async def aclose(self) -> None:
        """Waits until all records are on the disk."""
        await asyncio.to_thread(self._thread.shutdown)

    def _written(self, _: object) -> None:
        self._waiting -= 1

    def _add(self, record: AuditRecord) -> None:
        line = _line(record)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._rotate(len(line))
            with self._opened() as file:
                _append(file, line)
        except OSError as error:
            self._lost(record, error.strerror or type(error).__name__)

    def _rotate(self, more: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            size = self._path.stat().st_size
            if size and size + more > self._most_bytes:
                self._path.replace(f"{self._path}.1")

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        new = not self._path.exists()
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
        try:
            if stat.S_IMODE(os.fstat(file).st_mode) != _MODE:
                os.fchmod(file, _MODE)
            yield file
        finally:
            os.close(file)
        if new:
            _keep_names(self._path.parent)

    def _lost(self, record: AuditRecord, reason: str) -> None:
        log.error(
            "audit record not written",
            file=str(self._path),
            reason=reason,
            request_id=record.request_id,
            action=record.action,
            entity_id=record.entity_id,
            verified=record.verified,
        )


def _line(record: AuditRecord) -> bytes:
    """JSON that no reader takes for two lines: some part text at more signs than the newline."""
    line = msgspec.json.encode(record)
    for sign in ("\u2028", "\u2029", "\u0085"):
        line = line.replace(sign.encode(), rf"\u{ord(sign):04x}".encode())
    return line + b"\n"


def _append(file: int, line: bytes) -> None:
    """Adds a whole line, or nothing."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        line = b"\n" + line  # what a crash cut off spoils no other record
    try:
        written = os.write(file, line)
        os.fsync(file)
    except OSError:
        written = 0
        raise
    finally:
        if written < len(line):
            with contextlib.suppress(OSError):
                os.ftruncate(file, size)
    if written < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _keep_names(folder: Path) -> None:
    """Puts a folder's list of names on the disk: a new file is lost without it."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
