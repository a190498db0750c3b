"""One run of perf_analyzer: its process, what it wrote, and what it says when it fails."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from perf.bench.analyzer.asking import written
from perf.bench.analyzer.export import figures, waits
from perf.bench.analyzer.runs import Run, command
from perf.bench.analyzer.tool import Tool
from perf.bench.subjects.base import Item
from tritone.errors import ServerFailed

__all__ = ["analysed", "complaint"]

SECONDS: Final = 180.0
"""How long one run may take."""


def analysed(
    tool: Tool, run: Run, address: str, callers: int, items: Sequence[Item], folder: Path
) -> dict[str, float]:
    """The figures of one run: those of `export.figures` and `export.waits`.

    Args:
        tool: perf_analyzer.
        run: what.
        address: host:port.
        callers: at once.
        items: what to send, one for each request, so that no request is sent twice.
        folder: for its files; what is large in it is removed.

    Raises:
        ServerFailed: it failed, or took too long; with what it said.
    """
    asked = written(run.key, items, folder / f"{run.key}.json")
    export, report = folder / f"{run.key}-{callers}.json", folder / f"{run.key}-{callers}.csv"
    line = command(str(tool.program), run, address, callers, asked, export, report)
    process = subprocess.Popen(
        line,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **tool.environment},
    )
    try:
        said, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise ServerFailed(f"perf_analyzer took more than {SECONDS:.0f} s") from None
    finally:
        if process.poll() is None:  # too late, or interrupted
            process.kill()
            process.communicate()
    if process.returncode or not export.is_file():
        raise ServerFailed(f"perf_analyzer failed: {complaint(said)}")
    try:
        return {**figures(export), **waits(report)}
    finally:
        export.unlink()  # it repeats all that was sent and came, audio too


def complaint(said: str) -> str:
    """What went wrong, in one line: it prints all of its options after an error."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    wrong = [line for line in lines if "rror" in line or "ailed" in line]
    return " ".join((wrong or lines[-1:] or ["it said nothing"])[0].split())
