"""The file of API keys: JSON that people can read, mode 0600, replaced as a whole.

Writers take a lock and put a finished file in the old one's place, so that a reader sees the one or
the other. Readers need no more than the right to read: in Kubernetes the file is a mounted Secret.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import filelock
import msgspec
import structlog

from tritone.access.keys import Key, split
from tritone.errors import SetupError, Unauthenticated

__all__ = ["KeyStore", "edited", "read"]

_CHECK_SECONDS: Final = 1.0
_LOCK_SECONDS: Final = 10.0
log = structlog.get_logger("access")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    keys: list[Key]


def read(path: Path) -> dict[str, Key]:
    """The keys of a file, by id.

    Raises:
        SetupError: the file is not there, not to be read, or not a file of keys.
    """
    try:
        keys = msgspec.json.decode(path.read_bytes(), type=_File).keys
    except OSError as error:
        raise SetupError(
            f"the file of keys {path} cannot be read ({error.strerror}): "
            "`tritone keys create NAME` makes one, TRITONE_EDGE__KEYS_FILE says where it is"
        ) from None
    except msgspec.MsgspecError as error:
        raise SetupError(
            f"the file of keys {path} is broken ({error}): mend it, or make the keys anew"
        ) from None
    found = {key.id: key for key in keys}
    if len(found) < len(keys):
        raise SetupError(f"the file of keys {path} has two keys with one id: remove one of them")
    return found


@contextlib.contextmanager
def edited(path: Path) -> Iterator[dict[str, Key]]:
    """The keys of a file to change in place; what they are in the end is written.

    A file that is not there counts as one without keys. After an exception nothing is written.

    Raises:
        SetupError: the file is broken or cannot be written, or somebody keeps it locked.
    """
    path = path.resolve()  # what a link stands for is replaced, not the link
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{path}.lock", timeout=_LOCK_SECONDS, mode=0o600):
            keys = read(path) if path.exists() else {}
            yield keys
            _write(path, keys.values())
    except filelock.Timeout:
        raise SetupError(f"another program keeps {path}.lock locked: try again later") from None
    except OSError as error:
        raise SetupError(
            f"the file of keys {path} cannot be written ({error.strerror}): "
            "set TRITONE_EDGE__KEYS_FILE to a file of yours"
        ) from None


def _write(path: Path, keys: Iterable[Key]) -> None:
    text = msgspec.json.format(msgspec.json.encode(_File(list(keys))), indent=2) + b"\n"
    # A new file of `tempfile` is nobody else's to read (mode 0600), whatever the umask is.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class KeyStore:
    """The keys of a running door, read again when their file changes.

    The file is looked at once a second at most, when a key is asked for: a `stat`, and a small read
    after a change. A file that becomes unreadable leaves the last good keys in force, and is told
    in the log.

    Args:
        path: the file.
        clock: seconds, of a clock that never goes back.

    Raises:
        SetupError: the file cannot be used from the beginning.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._seen = self._signature()
        self._keys = read(path)
        self._look_at = clock() + _CHECK_SECONDS

    def find(self, text: str) -> Key:
        """The key that this text belongs to.

        Raises:
            Unauthenticated: it is unknown, revoked or expired, or the secret is wrong.
        """
        self._refresh()
        parts = split(text)
        key = self._keys.get(parts[0]) if parts else None
        if parts is None or key is None or not key.matches(parts[1]):
            raise Unauthenticated("the API key is unknown or revoked: ask for a new one")
        if key.expired(datetime.now(UTC)):
            raise Unauthenticated(f"the API key '{key.name}' expired on {key.expires:%Y-%m-%d}")
        return key

    def _refresh(self) -> None:
        now = self._clock()
        if now < self._look_at:
            return
        self._look_at = now + _CHECK_SECONDS
        signature = self._signature()
        if signature == self._seen:
            return
        self._seen = signature
        try:
            self._keys = read(self._path)
        except SetupError as error:
            reason = error.message  # says it all: no traceback
            log.error("keys not read again: the former ones stay in force", reason=reason)  # noqa: TRY400
        else:
            log.info("keys read again", keys=len(self._keys))

    def _signature(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
