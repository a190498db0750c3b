"""The usual loads of scenarios, named after how many ask at once."""

from perf.bench.loads import Closed, Paced
from perf.bench.scenario import Point

__all__ = ["closed", "paced"]


def closed(callers: int, each: int, *subjects: str) -> Point:
    """Callers back to back, with so many items for each; for some subjects alone, or all."""
    return Point(str(callers), Closed(callers), callers * each, subjects)


def paced(callers: int, each: int) -> Point:
    """Callers who speak and listen, with so many items for each."""
    return Point(str(callers), Paced(callers), callers * each)
