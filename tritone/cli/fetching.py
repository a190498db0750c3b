"""A fetch of weights as the user sees it: `tritone models fetch` and `tritone up` draw it alike."""

import threading
from collections.abc import Collection, Iterable
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    DownloadColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bars

from tritone.weights import ALL_SOURCES, Store
from tritone.weights.manifest import SourceKind

__all__ = ["fetch_with_progress"]


class _Display:
    """Draws a fetch: bars on a terminal, a line per event elsewhere (logs, pipes)."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def begin(self, name: str, source: str, total: int) -> None:
        with self._lock:
            if name in self._tasks:
                self.bars.reset(self._tasks[name], total=total)
            else:
                self._tasks[name] = self.bars.add_task(name, total=total)
        if not self._console.is_terminal:
            self._say(f"{name}: fetching {decimal(total)} from {source}")

    def advance(self, name: str, count: int) -> None:
        self.bars.advance(self._tasks[name], count)

    def done(self, name: str) -> None:
        with self._lock:
            if (task := self._tasks.get(name)) is not None:  # None: another process fetched it
                total = self.bars.tasks[task].total
                self.bars.update(task, completed=total)
        if not self._console.is_terminal:
            self._say(f"{name}: verified")

    def warn(self, message: str) -> None:
        self._say(f"warning: {message}", style="yellow")

    def _say(self, text: str, style: str | None = None) -> None:
        self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def fetch_with_progress(
    store: Store,
    names: Iterable[str],
    console: Console,
    sources: Collection[SourceKind] = ALL_SOURCES,
) -> dict[str, Path]:
    """`Store.fetch` with its progress drawn on `console`. Raises what it raises."""
    display = _Display(console)
    with display.bars:
        return store.fetch(names, progress=display, sources=sources)
