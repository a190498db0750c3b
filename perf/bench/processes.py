"""What trees of processes cost: CPU seconds and memory, of the roots and all they started."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Final

import psutil

__all__ = ["Tree", "ended"]

_GONE: Final = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


class Tree:
    """Processes with all that they started.

    The CPU time of a process that ends between two looks is kept by its parent (``children_user``),
    which counts here, so that it is not lost; of the roots' parents nothing counts.

    Args:
        pids: of the roots.
    """

    def __init__(self, pids: Iterable[int]) -> None:
        self._roots = tuple(pids)

    def cpu(self) -> float:
        """CPU seconds so far, user and system."""
        seconds = 0.0
        for process in self._all():
            with contextlib.suppress(*_GONE):
                times = process.cpu_times()
                seconds += times.user + times.system
                seconds += times.children_user + times.children_system
        return seconds

    def memory(self) -> int:
        """Bytes held: proportional set size where the system tells it, else resident."""
        held = 0
        for process in self._all():
            with contextlib.suppress(*_GONE):
                info = process.memory_full_info()
                held += int(getattr(info, "pss", info.rss))
        return held

    def _all(self) -> Iterator[psutil.Process]:
        seen: set[int] = set()
        for pid in self._roots:
            with contextlib.suppress(*_GONE):
                root = psutil.Process(pid)
                for process in (root, *root.children(recursive=True)):
                    if process.pid not in seen:
                        seen.add(process.pid)
                        yield process


def ended(pids: Iterable[int], seconds: float = 3.0) -> None:
    """Ends processes by id, with all that they started: politely, then for good."""
    processes = list(Tree(pids)._all())  # noqa: SLF001 - of this module
    for process in processes:
        with contextlib.suppress(*_GONE):
            process.terminate()
    _, left = psutil.wait_procs(processes, timeout=seconds)
    for process in left:
        with contextlib.suppress(*_GONE):
            process.kill()
    psutil.wait_procs(left, timeout=seconds)
