"""docs/performance.md shows the command lines that the benchmark itself runs."""

import shlex
from pathlib import Path

import pytest

from perf.bench.analyzer.runs import RUNS, command

pytestmark = pytest.mark.unit

DOC = Path(__file__).parents[2] / "docs" / "performance.md"
CALLERS = 4


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.key)
def test_command_line(run):
    """Each run's line is there, as `python -m perf.bench.analyzer asked` prints it."""
    folder = Path("asked")
    files = (f"{run.key}.json", f"{run.key}-times.json", f"{run.key}-report.csv")
    address = "127.0.0.1:8080" if run.edge else "127.0.0.1:8001"
    line = command("perf_analyzer", run, address, CALLERS, *(folder / name for name in files))
    shown = DOC.read_text(encoding="utf-8").replace("\\\n ", "")
    assert shlex.join(line) in " ".join(shown.split())
