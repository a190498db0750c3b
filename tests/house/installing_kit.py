"""Home Assistant in an environment of its own: its pins and ours do not fit together."""

import hashlib
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from tritone.settings import settings

LOCK = Path(__file__).parents[2] / "locks" / "homeassistant.lock"


def installed() -> Path:
    """The folder of its programs. It is installed once, and again when its lock has changed."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}".encode()
    digest = hashlib.sha256(LOCK.read_bytes() + version).hexdigest()[:12]
    folder = settings().home / "homeassistant" / digest
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        complete = folder / "complete"
        if not complete.exists():
            uv = str(Path(sys.executable).parent / "uv")
            python = str(folder / "bin" / "python")
            for arguments in (
                ["venv", "--clear", "--python", sys.executable, str(folder)],
                ["pip", "install", "--python", python, "--require-hashes", "-r", str(LOCK)],
            ):
                ended = subprocess.run([uv, *arguments], capture_output=True, text=True)
                assert ended.returncode == 0, ended.stderr[-2000:]
            complete.touch()
    return folder / "bin"
