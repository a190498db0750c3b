"""Getting perf_analyzer: out of the wheels that carry it, verified, into the cache folder.

The wheel of an older tritonclient holds the program; it wants NVIDIA's CUDA runtime, which has a
wheel of its own, and libb64, which distributions have.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock
from rich.console import Console

from tritone.errors import SetupError

__all__ = ["Tool", "obtained"]

VERSION: Final = "2.51.0"
_REQUIREMENTS: Final = Path(__file__).with_name("requirements.txt")
_PROGRAM: Final = f"tritonclient-{VERSION}.data/data/bin/perf_analyzer"
_LICENCE: Final = f"tritonclient-{VERSION}.data/data/LICENSE.txt"
_CUDA: Final = "nvidia/cuda_runtime/lib/libcudart.so.12"
_B64: Final = "libb64.so.0d"
_INSTALL_B64: Final = (
    "perf_analyzer needs libb64: install it (Debian, Ubuntu: apt-get install libb64-0d) and run "
    "this again"
)


@dataclass(frozen=True, slots=True)
class Tool:
    """perf_analyzer, ready to run.

    Attributes:
        program: the file.
        libraries: the folder of those that it needs and the system may lack.
    """

    program: Path
    libraries: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables to run it with, beside the process's own."""
        paths = [str(self.libraries), os.environ.get("LD_LIBRARY_PATH", "")]
        return {"LD_LIBRARY_PATH": os.pathsep.join(path for path in paths if path)}


def obtained(home: Path, on_line: Callable[[str], None] = lambda _: None) -> Tool:
    """perf_analyzer, downloaded where it is not here yet.

    Args:
        home: the cache folder.
        on_line: takes what the programs say that fetch it.

    Raises:
        SetupError: it cannot be had or does not run here; the message says what to do.
    """
    folder = home / "perf_analyzer" / VERSION
    tool = Tool(folder / "perf_analyzer", folder / "lib")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not tool.program.is_file():
            Console(stderr=True).print("downloading perf_analyzer (once, 20 MB) ...")
            with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
                made = Path(scratch) / "made"
                _unpack(_downloaded(Path(scratch) / "wheels", on_line), made)
                if not _has_b64():
                    _add_b64(Path(scratch) / "debian", made / "lib", on_line)
                shutil.rmtree(folder, ignore_errors=True)
                made.rename(folder)
    _check(tool)
    return tool


def _downloaded(folder: Path, on_line: Callable[[str], None]) -> list[Path]:
    """The wheels, with the hashes that are pinned."""
    command = [
        *(sys.executable, "-m", "pip", "download", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary", ":all:", "--require-hashes"),
        *("-r", str(_REQUIREMENTS), "-d", str(folder)),
    ]
    _run(command, "perf_analyzer cannot be downloaded", on_line)
    return sorted(folder.glob("*.whl"))


def _unpack(wheels: Sequence[Path], folder: Path) -> None:
    """Takes what is needed out of the wheels."""
    targets = {
        _PROGRAM: folder / "perf_analyzer",
        _LICENCE: folder / "LICENSE.txt",
        _CUDA: folder / "lib" / Path(_CUDA).name,
    }
    (folder / "lib").mkdir(parents=True)
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for member in targets.keys() & set(archive.namelist()):
                with archive.open(member) as source, targets[member].open("wb") as target:
                    shutil.copyfileobj(source, target)
    targets[_PROGRAM].chmod(0o755)


def _has_b64() -> bool:
    try:
        ctypes.CDLL(_B64)
    except OSError:
        return False
    return True


def _add_b64(scratch: Path, folder: Path, on_line: Callable[[str], None]) -> None:
    """Takes libb64 out of Debian's package, which apt verifies, without installing it."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise SetupError(_INSTALL_B64)
    scratch.mkdir()
    # apt hands the download to a user of its own, who may not write here: it warns, and goes on.
    _run(["apt-get", "download", "libb64-0d"], _INSTALL_B64, on_line, scratch)
    (package,) = scratch.glob("*.deb")
    _run(["dpkg-deb", "-x", str(package), str(scratch / "tree")], _INSTALL_B64, on_line)
    for library in (scratch / "tree").rglob("libb64.so.*"):
        if library.is_symlink() or library.is_file():
            shutil.copy2(library, folder / library.name)


def _check(tool: Tool) -> None:
    """Raises SetupError: the loader lacks a library, or the C library is another."""
    done = subprocess.run(
        [str(tool.program), "--version"],
        capture_output=True,
        text=True,
        env={**os.environ, **tool.environment},
        check=False,
    )
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise SetupError(f"perf_analyzer does not run on this machine: {said}")


def _run(
    command: Sequence[str], failure: str, on_line: Callable[[str], None], cwd: Path | None = None
) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    said = done.stderr.splitlines()
    for line in said:
        on_line(line)
    if done.returncode:
        reason = next((line.strip() for line in reversed(said) if line.strip()), "no reason given")
        raise SetupError(f"{failure} ({reason})")
