"""How quiet the machine is: a fixed piece of work, timed again and again, and what others took.

The work is one thread's, in the interpreter, and fits its cache: its time changes when the core is
shared, slowed down or taken away, and by nothing that is measured. Steal is the time in which a
virtual machine had work and its host gave the core to others (``/proc/stat``, field 8; see
proc(5)).
"""

import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

__all__ = ["Noise", "Probe", "busy", "steal_of"]

_STAT: Final = Path("/proc/stat")
_STEPS: Final = 60_000
_TIMES: Final = 15
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Noise(msgspec.Struct, frozen=True, kw_only=True):
    """What a stretch of time was like.

    Attributes:
        probe: seconds of the piece of work, the median.
        variation: its coefficient of variation, standard deviation over mean.
        drift: its median after the stretch over that before it.
        steal: part of all cores' time that the host gave to others; None: not told.
        load: processes that wanted a core in the last minute, in the mean, at its end.
    """

    probe: float
    variation: float
    drift: float
    steal: float | None
    load: float


class Probe:
    """Watches over a stretch of time: made at its begin, asked at its end."""

    def __init__(self) -> None:
        self._before = busy()
        self._began = time.monotonic()
        self._stolen = stolen()

    def noise(self) -> Noise:
        """What the time since was like."""
        seconds = time.monotonic() - self._began
        now = stolen()
        after = busy()
        both = [*self._before, *after]
        return Noise(
            probe=statistics.median(both),
            variation=statistics.stdev(both) / statistics.mean(both),
            drift=statistics.median(after) / statistics.median(self._before),
            steal=_part(self._stolen, now, seconds),
            load=os.getloadavg()[0],
        )


def busy(times: int = _TIMES) -> list[float]:
    """Seconds that the piece of work took, so many times."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        value = 1
        for step in range(_STEPS):
            value = (value * 1_103_515_245 + step) & 0x7FFFFFFF
        found.append(time.perf_counter() - began)
    return found


def stolen() -> float | None:
    """CPU seconds stolen since the machine started, over all cores; None: not told."""
    try:
        return steal_of(_STAT.read_text(encoding="ascii").splitlines())
    except OSError:
        return None


def steal_of(lines: Sequence[str]) -> float | None:
    """The same, of the lines of ``/proc/stat``."""
    for line in lines:
        name, *fields = line.split()
        if name == "cpu" and len(fields) > 7:
            return int(fields[7]) / _TICKS
    return None


def _part(before: float | None, after: float | None, seconds: float) -> float | None:
    if before is None or after is None or not seconds:
        return None
    return (after - before) / (seconds * (os.cpu_count() or 1))
