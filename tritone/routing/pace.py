"""How fast backends are looked at, and how long one that failed is spared."""

from dataclasses import dataclass

__all__ = ["Pace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds, unless said otherwise.

    Attributes:
        probe: between two looks at a backend.
        probe_timeout: what an answer to a look may take.
        misses: looks in a row without an answer after which a backend is down.
        gpu: between two readings of the metrics.
        spare: how long what failed once is spared; twice as long after each failure in a row.
        spare_longest: the longest of these times.
        doublings: successes in a row, each doubling the calls let through at a time, after which
            what had failed counts as well.
    """

    probe: float = 1.0
    probe_timeout: float = 2.0
    misses: int = 3
    gpu: float = 5.0
    spare: float = 0.5
    spare_longest: float = 30.0
    doublings: int = 5
