"""The shared memory that Triton's Python backend leaves behind when it is killed.

Regions are named ``<prefix>…`` where the prefix holds the launcher's process id, so that one
launcher never removes the regions of another that lives.
"""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tritone.stubs import alive

__all__ = ["new_prefix", "remove_regions", "remove_stale_regions"]

_SHM: Final = Path("/dev/shm")  # noqa: S108 - where POSIX shared memory is on Linux
_OURS: Final = re.compile(r"tritone_(\d+)_")


def new_prefix() -> str:
    """A prefix for one server of this process; no other server has the same."""
    return f"tritone_{os.getpid()}_{secrets.token_hex(3)}_"


def remove_regions(prefix: str) -> list[str]:
    """Removes what the server with this prefix left; answers the names."""
    return _remove(lambda name: name.startswith(prefix))


def remove_stale_regions() -> list[str]:
    """Removes what launchers that no longer run left; answers the names."""

    def stale(name: str) -> bool:
        owner = _OURS.match(name)
        return owner is not None and not alive(int(owner.group(1)))

    return _remove(stale)


def _remove(wanted: Callable[[str], bool]) -> list[str]:
    removed = []
    for region in sorted(_SHM.iterdir()) if _SHM.is_dir() else []:
        if wanted(region.name):
            region.unlink(missing_ok=True)
            removed.append(region.name)
    return removed
