"""How figures are written: their unit, and as many digits as mean something."""

from typing import Final

from perf.bench.comparing import Spread
from perf.bench.judging import JudgedTerm

__all__ = ["NAMES", "bound", "figure", "ratio", "value", "with_spread"]

MIB: Final = 1024**2
NAMES: Final = {
    "after_cancel": "tokens after a cancel",
    "cpu": "CPU of an answer",
    "first": "first piece",
    "first_p95": "first piece, 95 %",
    "first_slowest": "slowest / median",
    "last": "whole answer",
    "last_p95": "whole answer, 95 %",
    "last_slowest": "slowest / median",
    "memory": "memory",
    "rate": "throughput",
    "stall": "longest wait for audio",
    "turns": "answers",
}
"""What measures are called in tables and plots."""
_SECONDS: Final = ("first", "last", "stall", "cpu", "first_p95", "last_p95")


def value(measure: str, number: float) -> str:
    """A measure with its unit."""
    if measure in _SECONDS:
        return f"{number:.2f} s" if number >= 10 else f"{number * 1000:.{_digits(number)}f} ms"
    if measure in {"rate", "turns"}:
        return f"{_plain(number)}/s"
    if measure == "memory":
        return f"{number / MIB:,.0f} MiB"
    return _plain(number)


def with_spread(measure: str, spread: Spread) -> str:
    """The median, and the quartiles where there are several rounds."""
    shown = value(measure, spread.median)
    if len(spread.values) < 2:
        return shown
    low, high = (value(measure, end).split()[0].removesuffix("/s") for end in _ends(spread))
    return f"{shown} ({low} to {high})"


def ratio(spread: Spread) -> str:
    """A ratio over rounds."""
    return f"{spread.median:.2f}"


def figure(term: JudgedTerm) -> str:
    """The figure of a goal's term; why there is none."""
    if term.figure is None:
        return f"- ({term.why})"
    unit = f" {term.unit}" if term.unit else ""
    shown = f"{_plain(term.figure.median)}{unit}"
    if len(term.figure.values) < 2:
        return shown
    return f"{shown} ({_plain(term.figure.low)} to {_plain(term.figure.high)})"


def bound(term: JudgedTerm) -> str:
    """What is wanted of it."""
    unit = f" {term.unit}" if term.unit else ""
    return f"{'≤' if term.at_most else '≥'} {term.bound:g}{unit}"


def _ends(spread: Spread) -> tuple[float, float]:
    return spread.low, spread.high


def _digits(seconds: float) -> int:
    """Of milliseconds: two below one, one below ten."""
    return 2 if seconds < 0.001 else 1 if seconds < 0.01 else 0


def _plain(number: float) -> str:
    """Three digits that count."""
    size = abs(number)
    if size >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if size >= 10 else f"{number:.2f}"
