"""What the figures were taken on: cores, the CPU's name, memory, versions, the commit."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import psutil

__all__ = ["commit", "cores", "cpu_model", "machine", "versions"]

_ROOT: Final = Path(__file__).resolve().parents[2]
_CPUINFO: Final = Path("/proc/cpuinfo")
_TOLD: Final = (
    "faster-whisper",
    "ctranslate2",
    "nvidia-pytriton",
    "onnxruntime",
    "piper-tts",
    "tritone",
    "tritonclient",
    "xllamacpp",
)


def cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0))


def cpu_model() -> str:
    """What the CPU calls itself; the architecture where it says nothing."""
    try:
        lines = _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.machine()


def machine() -> dict[str, Any]:
    """Facts of it, as JSON can hold them; memory in bytes."""
    return {
        "cores": cores(),
        "cpu": cpu_model(),
        "memory": psutil.virtual_memory().total,
        "system": platform.system(),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """The engines' and the server's packages that are installed here."""
    found = {}
    for name in _TOLD:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """The commit that is checked out, with ``+`` when files differ from it; empty: not known."""
    try:
        name = _git("rev-parse", "--short=12", "HEAD")
        # Results of the run before are no change of what is measured.
        changed = _git("status", "--porcelain", "--", ".", ":(exclude)perf/results")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{name}+" if changed else name


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=_ROOT, capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()
