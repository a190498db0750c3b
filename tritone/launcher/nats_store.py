"""The folder of the embedded NATS server's streams, which one server uses at a time."""

import fcntl
import os
from pathlib import Path

from tritone.errors import SetupError

__all__ = ["lock_store"]


def lock_store(store: Path) -> int:
    """Keeps others off the store as long as the process lives that inherits this open file.

    So it is also kept when a server has outlived its launcher.

    Raises:
        SetupError: another server uses it, or it cannot be made.
    """
    try:
        store.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(store / "tritone.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SetupError(
            f"the streams cannot be kept in {store}: {error.strerror}; set TRITONE_NATS__STORE"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise SetupError(
            f"another NATS server uses {store}: stop it, set TRITONE_NATS_URL to it, or set "
            "TRITONE_NATS__STORE to another folder"
        ) from None
    return lock
