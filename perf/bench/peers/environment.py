"""The environment of peers that are not ours: made once, from a lock with hashes.

It lies in the cache folder, under the hash of its lock, so that a new lock makes a new one.
"""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from filelock import FileLock
from rich.console import Console

from tritone.errors import SetupError

__all__ = ["LOCK", "installed", "pinned"]

LOCK: Final = Path(__file__).resolve().parents[3] / "locks" / "peers.lock"
_TAIL: Final = 5  # lines of the installer that an error shows


def pinned(package: str, lock: Path = LOCK) -> str:
    """The version that the lock pins a package to. Raises SetupError: it does not name it."""
    found = re.search(rf"^{re.escape(package)}==([^ ;\\]+)", _read(lock), re.MULTILINE)
    if found is None:
        raise SetupError(f"{lock.name} does not name {package}: run `make lock`")
    return found.group(1)


def installed(home: Path, on_line: Callable[[str], None], lock: Path = LOCK) -> Path:
    """The Python of the peers' environment.

    Args:
        home: the cache folder.
        on_line: takes what the installer says.
        lock: what is to be installed.

    Raises:
        SetupError: it cannot be made; the installer's last words are in the message.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256((_read(lock) + version).encode()).hexdigest()[:12]
    folder = home / "peers" / digest
    python = folder / "bin" / "python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        complete = folder / "complete"
        if complete.exists():
            return python
        # A line, not a bar: whoever runs the benchmark may be drawing one already.
        Console(stderr=True).print("installing the peers to compare with (once, some 300 MB) ...")
        _run(["venv", "--clear", "--python", sys.executable, str(folder)], on_line)
        install = ["pip", "install", "--python", str(python), "--require-hashes", "-r", str(lock)]
        _run(install, on_line)
        complete.touch()
    return python


def _read(lock: Path) -> str:
    if not lock.is_file():
        raise SetupError(f"{lock} is missing: run `make lock`")
    return lock.read_text(encoding="utf-8")


def _run(arguments: list[str], on_line: Callable[[str], None]) -> None:
    """Runs uv. Raises SetupError: it is not installed, or fails."""
    uv = Path(sys.executable).parent / "uv"
    if not uv.is_file():
        raise SetupError(f"{uv} is missing: run `make bench`, which installs it")
    said: list[str] = []
    with subprocess.Popen(
        [str(uv), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                said.append(line.rstrip("\n"))
                on_line(said[-1])
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        last = " ".join(" ".join(said[-_TAIL:]).split())
        raise SetupError(f"the peers cannot be installed: {last}")
