"""The goals' table on the terminal."""

from rich.console import Console
from rich.table import Table

from perf.bench.report import figures
from perf.bench.report.document import Document

__all__ = ["show"]

_STYLES = {"holds": "green", "misses": "bold red", "not measured": "dim"}


def show(document: Document, console: Console) -> None:
    """Draws the goals with what was measured."""
    table = Table("measure", "figure", "wanted", "measured", "")
    for goal in document.goals:
        name = goal.measure
        for term in goal.terms:
            unsure = term.verdict != "not measured" and not term.clear
            table.add_row(
                name,
                term.label,
                figures.bound(term),
                figures.figure(term),
                f"{term.verdict}{', unclear' if unsure else ''}",
                style=_STYLES[term.verdict],
            )
            name = ""
        table.add_section()
    console.print(table)
    misses = sum(goal.verdict == "misses" for goal in document.goals)
    unknown = len(document.goals) - document.holding - misses
    said = f"{document.holding} of {len(document.goals)} goals hold, {misses} are missed"
    console.print(f"{said}, {unknown} were not measured." if unknown else f"{said}.")
