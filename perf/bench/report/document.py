"""The report as data: what was found, and what came of each goal. Read and written as JSON."""

from pathlib import Path

import msgspec

from perf.bench.goals import GOALS
from perf.bench.judging import JudgedGoal, judged
from perf.bench.results import Results
from tritone.errors import SetupError

__all__ = ["Document", "documented", "load", "pack"]


class Document(msgspec.Struct, frozen=True):
    """All that is kept of a run."""

    goals: list[JudgedGoal]
    results: Results

    @property
    def holding(self) -> int:
        """How many goals hold."""
        return sum(goal.verdict == "holds" for goal in self.goals)


def documented(results: Results) -> Document:
    """Results with the verdicts on them."""
    return Document(judged(GOALS, results), results)


def pack(document: Document) -> bytes:
    """As JSON, a line for each part, so that two runs can be compared by line."""
    return msgspec.json.format(msgspec.json.encode(_rounded(document)), indent=1) + b"\n"


def load(path: Path) -> Document:
    """A document that was kept. Raises SetupError: it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Document)
    except (OSError, msgspec.DecodeError) as error:
        raise SetupError(f"'{path}' is no report of a run: {error}") from None


def _rounded(value: object) -> object:
    """The same with six digits of each number, which is more than any measurement has."""
    match msgspec.to_builtins(value):
        case dict() as fields:
            return {name: _rounded(one) for name, one in fields.items()}
        case list() | tuple() as many:
            return [_rounded(one) for one in many]
        case float() as number:
            return float(f"{number:.6g}")
        case other:
            return other
