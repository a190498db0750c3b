"""The benchmark's step with perf_analyzer: every run, at each number of callers."""

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from perf.bench.analyzer.running import analysed
from perf.bench.analyzer.runs import CALLERS, RUNS, Run
from perf.bench.analyzer.tool import Tool, obtained
from perf.bench.steps import Given, Rows
from tritone.errors import TritoneError

__all__ = ["analyzed"]


def analyzed(given: Given) -> Rows:
    """A row for each run.

    Returns:
        rows with ``model``, ``door``, ``callers``, and either ``error`` or the figures of
        `running.analysed`, times in seconds.

    Raises:
        SetupError: perf_analyzer cannot be had here; the message says what to do.
    """
    tool = obtained(given.settings.home)
    rows: Rows = []
    with tempfile.TemporaryDirectory() as folder:
        for run in RUNS:
            for callers in CALLERS:
                rows.append(_row(given, tool, run, callers, Path(folder)))
                given.advance(len(rows) / (len(RUNS) * len(CALLERS)))
    return rows


def _row(given: Given, tool: Tool, run: Run, callers: int, folder: Path) -> dict[str, object]:
    address = urlsplit(given.options.edge).netloc if run.edge else given.options.triton
    items = given.drawing.drawn(run.draw, callers * run.each(callers))
    row: dict[str, object] = {
        "model": run.model,
        "door": "OpenAI, HTTP" if run.edge else "Triton, gRPC",
        "callers": callers,
    }
    try:
        return row | analysed(tool, run, address, callers, items, folder)
    except TritoneError as error:  # the others are still worth having
        return row | {"error": error.message}
