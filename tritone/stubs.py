"""The stub processes of a Triton server: which model each one runs, and whether it lives.

Triton 24.10 does not notice a killed stub: it goes on answering "ready", and a stream that was
running never ends. Whoever waits for a stub has to look at its process.
"""

from pathlib import Path

import psutil

__all__ = ["Stub", "alive", "stubs_of", "stubs_with"]

_STUB = "triton_python_backend_stub"


class Stub:
    """A model instance's process.

    Attributes:
        model: the model's name.
        pid: its process id.
    """

    def __init__(self, model: str, pid: int) -> None:
        self.model = model
        self.pid = pid

    def __repr__(self) -> str:
        return f"Stub({self.model!r}, {self.pid})"


def stubs_of(server_pid: int) -> list[Stub]:
    """The stubs of the server with this process id, also those that died just now.

    The stub's command line is ``stub <model.py> <shm region> <sizes…> <instance name> <type>``,
    its instance name is ``<model>_<n>`` or ``<model>_<n>_<device>``.
    """
    found = []
    try:
        children = psutil.Process(server_pid).children()
    except psutil.Error:
        return []
    for child in children:
        try:
            command = child.cmdline()
        except psutil.Error:
            continue
        if command and _STUB in command[0]:
            found.append(Stub(_model_of(command), child.pid))
    return found


def stubs_with(region_prefix: str) -> list[int]:
    """Process ids of stubs whose shared memory has this prefix, orphans included.

    A server that is killed cannot take its stubs along, and nobody is their parent then.
    """
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if _STUB in " ".join(process.info["cmdline"] or ())
        and any(part.startswith(region_prefix) for part in process.info["cmdline"])
    ]


def _model_of(command: list[str]) -> str:
    # <repository>/<model>/<version>/model.py names the model without guessing.
    path = Path(command[1])
    return path.parent.parent.name


def alive(pid: int) -> bool:
    """Whether the process runs: a zombie that its parent has not reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
