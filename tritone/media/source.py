"""The only thing a demuxer can read: one file, for so long and so much at a time.

A container may claim anything, and its parser believes it. Whoever reads for longer, or more,
than a step deserves is told that the file has ended here. Nothing is raised through the parser's
C frames; `ended` says afterwards what happened.
"""

import io
import time
from typing import BinaryIO, Final

__all__ = ["STEP_BYTES", "STEP_SECONDS", "Source"]

STEP_SECONDS: Final = 30.0
"""Longest a step may go on reading. A step on a busy machine takes milliseconds."""
STEP_BYTES: Final = 64 * 1024**2
"""Most that a step may read: the header of an hour of film, or half a second of it at 1 Gbit/s."""


class Source:
    """A file for a demuxer: `read`, `seek` and `tell` that never raise.

    Args:
        file: the recording; it is not closed.

    `ended` is empty, or says why reading stopped before the file's end. `fault` is the error that
    the file itself raised, if it did.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._until = 0.0
        self._left = 0
        self.ended = ""
        self.fault: OSError | ValueError | None = None
        self.size = max(self.seek(0, io.SEEK_END), 0)
        self.seek(0)

    def next_step(self) -> None:
        """Grants the next step its time and its bytes."""
        self._until = time.monotonic() + STEP_SECONDS
        self._left = STEP_BYTES

    def stop(self) -> None:
        """Lets every read from now on find the end; any thread may call it."""
        self.ended = self.ended or "it was closed"

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        if not self.ended and time.monotonic() > self._until:
            self.ended = f"nothing came of reading for {STEP_SECONDS:g} s"
        elif not self.ended and self._left <= 0:
            self.ended = f"nothing came of reading {STEP_BYTES // 1024**2} MiB"
        if self.ended:
            return b""
        try:
            data = self._file.read(min(size, self._left))
        except (OSError, ValueError) as fault:
            self.fault, self.ended = fault, "the file could not be read"
            return b""
        self._left -= len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The new position, or -1 where there is none, as C has it."""
        try:
            self._file.seek(offset, whence)
            return self._file.tell()
        except (OSError, ValueError, OverflowError):
            return -1

    def tell(self) -> int:
        """The position."""
        return self.seek(0, io.SEEK_CUR)
