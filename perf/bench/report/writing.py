"""Puts a report into a folder: ``latest.json``, ``latest.md`` and its pictures."""

from pathlib import Path
from typing import Final

from perf.bench.report.document import Document, pack
from perf.bench.report.markdown import written
from perf.bench.report.plots import drawn

__all__ = ["RESULTS", "write"]

RESULTS: Final = Path(__file__).resolve().parents[2] / "results"
"""Where the last run is kept."""


def write(document: Document, folder: Path = RESULTS) -> Path:
    """Writes all of it; pictures of an earlier run are removed. The path of the text."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("latest-*.svg"):
        old.unlink()
    names = {}
    for name, picture in drawn(document.results).items():
        path = folder / f"latest-{name}.svg"
        path.write_text(picture, encoding="utf-8")
        names[name] = path.name
    (folder / "latest.json").write_bytes(pack(document))
    text = folder / "latest.md"
    text.write_text(written(document, names), encoding="utf-8")
    return text
