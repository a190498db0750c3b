"""Where the Triton of the `nvidia-pytriton` wheel is, laid out as the server wants it.

The wheel keeps the Python backend and one stub per Python version apart; the server looks for
both in one folder. Links, not copies: the stub finds its libraries relative to where it really
lies.
"""

import ctypes.util
import importlib.util
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tritone.errors import SetupError

__all__ = ["Wheel", "find_wheel", "link_backends", "link_openmp"]


@dataclass(frozen=True, slots=True)
class Wheel:
    """The parts of the wheel.

    Attributes:
        server: the `tritonserver` program.
        backend: folder of the Python backend's library.
        stub: the stub program of this Python version.
    """

    server: Path
    backend: Path
    stub: Path


def find_wheel() -> Wheel:
    """Finds the installed wheel.

    Raises:
        SetupError: it is not installed, or has no stub for this Python version.
    """
    spec = importlib.util.find_spec("pytriton")
    if spec is None or not spec.submodule_search_locations:
        raise SetupError("Triton is not installed: pip install 'tritone[server]'")
    root = Path(spec.submodule_search_locations[0]) / "tritonserver"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    wheel = Wheel(
        server=root / "bin" / "tritonserver",
        backend=root / "backends" / "python",
        stub=root / "python_backend_stubs" / version / "triton_python_backend_stub",
    )
    for part in (wheel.server, wheel.backend, wheel.stub):
        if not part.exists():
            raise SetupError(
                f"the Triton wheel has no {part.relative_to(root)}: use CPython 3.11 or 3.12 "
                "and reinstall nvidia-pytriton"
            )
    return wheel


def link_backends(wheel: Wheel, folder: Path) -> Path:
    """Makes `folder` a backend directory: links to the Python backend and its stub."""
    python = folder / "python"
    python.mkdir(parents=True, exist_ok=True)
    for part in (*wheel.backend.iterdir(), wheel.stub):
        link = python / part.name
        link.unlink(missing_ok=True)
        link.symlink_to(part)
    return folder


def link_openmp(folder: Path) -> Path | None:
    """A folder with `libgomp.so.1` for a machine that has none; None where it is installed.

    The wheel of llama.cpp expects the system's library, which slim images leave out; other wheels
    carry a copy under a name of their own.
    """
    if ctypes.util.find_library("gomp"):
        return None
    carried = sorted(Path(sysconfig.get_path("purelib")).glob("*.libs/libgomp*.so*"))
    if not carried:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "libgomp.so.1"
    link.unlink(missing_ok=True)
    link.symlink_to(carried[0])
    return folder
