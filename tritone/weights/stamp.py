"""Stamps: proof that a file was hashed and has not been touched since.

Hashing half a gigabyte takes a second, too long for every start. So once a file's sha256 is
right we note its size and modification time; while both hold, the file is taken to be the same.
A stamp lies under the home folder even when the file does not, since a folder of
``TRITONE_WEIGHTS_PATH`` may be read-only.
"""

import hashlib
import os
from pathlib import Path

import msgspec

from tritone.weights.manifest import File

__all__ = ["Stamps", "sha256_of"]


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Stamp(msgspec.Struct, frozen=True):
    """`size` in bytes, `mtime_ns` in nanoseconds since the epoch."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


class Stamps:
    """The stamps kept in one folder, one small file for each stamped file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def holds(self, path: Path, file: File) -> bool:
        """Whether `path` is stamped as `file` and unchanged since. Reads no content."""
        try:
            stamp = msgspec.json.decode(self._stamp_path(path).read_bytes(), type=_Stamp)
            found = path.stat()
        except (OSError, msgspec.MsgspecError):
            return False
        return stamp == _Stamp(str(path), found.st_size, found.st_mtime_ns, file.sha256)

    def check(self, path: Path, file: File) -> bool:
        """Whether the content of `path` is `file`'s: hashes it, and stamps it when it is right."""
        try:
            before = path.stat()
            right = before.st_size == file.size and sha256_of(path) == file.sha256
            after = path.stat()
        except OSError:
            return False
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            return False  # somebody wrote to it while we read
        if right:
            self.trust(path, file)
        else:
            self.forget(path)
        return right

    def verified(self, path: Path, file: File) -> bool:
        """`holds`, or else `check`."""
        return self.holds(path, file) or self.check(path, file)

    def trust(self, path: Path, file: File) -> None:
        """Stamp `path`, whose content the caller has just found to be `file`'s."""
        try:
            self._write(path, path.stat(), file)
        except OSError:
            # A home that cannot be written to (an image's read-only layer): hash every time.
            return

    def forget(self, path: Path) -> None:
        """Drop a file's stamp, if it has one."""
        try:
            self._stamp_path(path).unlink(missing_ok=True)
        except OSError:
            # A read-only home: a stamp that stays no longer holds, since the file has changed.
            return

    def _write(self, path: Path, found: os.stat_result, file: File) -> None:
        stamp = _Stamp(str(path), found.st_size, found.st_mtime_ns, file.sha256)
        target = self._stamp_path(path)
        scratch = target.with_name(f"{target.name}.{os.getpid()}")
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(msgspec.json.encode(stamp))
        scratch.replace(target)

    def _stamp_path(self, path: Path) -> Path:
        return self._folder / f"{hashlib.sha256(str(path).encode()).hexdigest()[:32]}.json"
