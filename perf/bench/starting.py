"""How long Triton takes to serve every model: from the disk, and from memory.

Cold means that the pages of the weights and of the installed libraries were given back to the
system before (``posix_fadvise``, POSIX_FADV_DONTNEED), so that they are read from the disk again.
What lies in a cache below the system, as a hypervisor's, stays there.
"""

import os
import sysconfig
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from perf.bench.ports import on_free_ports
from perf.bench.stage_triton import Triton
from perf.bench.steps import Given, Rows
from tritone.cli.selection import select
from tritone.settings import Settings
from tritone.weights import Store

__all__ = ["evict", "started"]

_WAYS: Final = ("cold", "warm", "warm")


def started(given: Given) -> Rows:
    """A row for each start: ``way`` and ``seconds``."""
    rows: Rows = []
    for number, way in enumerate(_WAYS):
        settings = on_free_ports(given.settings.model_copy(update={"triton_url": ""}))
        if way == "cold":
            evict(_read(settings))
        rows.append({"way": way, "seconds": _start(settings)})
        given.advance((number + 1) / len(_WAYS))
    return rows


def evict(files: Iterator[Path]) -> int:
    """Gives the pages of files back to the system; how many files that were.

    Pages that some process has mapped stay.
    """
    count = 0
    for path in files:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                count += 1
            finally:
                os.close(descriptor)
    return count


def _start(settings: Settings) -> float:
    began = time.perf_counter()
    with closing(Triton(settings, lambda _: None)) as triton:
        triton.start()
        return time.perf_counter() - began


def _read(settings: Settings) -> Iterator[Path]:
    """What Triton reads when it starts: weights, and all that is installed beside it."""
    store = Store(settings.home, settings.weights_path)
    for name in select(settings).weights:
        yield from _files(store.locate(name))
    yield from _files(Path(sysconfig.get_path("purelib")))


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        yield from (path for path in place.rglob("*") if path.is_file())
