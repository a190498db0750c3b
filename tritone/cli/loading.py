"""Shows how many models are loaded while the server starts; passes its output on to the log."""

import threading
import time
from typing import Self

from tritone.cli.journal import Journal
from tritone.cli.output import Output
from tritone.launcher.logs import Line

__all__ = ["Loading"]


class Loading:
    """Counts models, in the thread that reads the server's output.

    Args:
        journal: the log; on a terminal a status line below it tells the count.
        out: told of each model as a JSON event.
        total: how many models there are.
    """

    def __init__(self, journal: Journal, out: Output, total: int) -> None:
        self._journal = journal
        self._out = out
        self._total = total
        self._loaded: list[str] = []
        self._starting = False
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._status = journal.console.status(self._text()) if journal.draws else None

    def line(self, line: Line) -> None:
        """Takes a line of the server's output."""
        self._journal.line(line)
        if not line.loaded:
            return
        with self._lock:
            if not self._starting or line.loaded in self._loaded:
                return  # a later restart or revival is the supervisor's to tell
            self._loaded.append(line.loaded)
            count = len(self._loaded)
        self._out.event(type="loaded", model=line.loaded, count=count, of=self._total)
        if self._status is None:
            self._journal.event(f"loaded {line.loaded} ({count} of {self._total})")
        else:
            self._status.update(self._text())

    def finished(self) -> None:
        """Tells that all is there."""
        seconds = time.monotonic() - self._begun
        self._journal.event(f"{self._models()} ready in {seconds:.1f} s")

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        self._starting = True
        self._journal.event(f"starting Triton with {self._models()}")
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._starting = False
        if self._status:
            self._status.stop()

    def _models(self) -> str:
        return f"{self._total} model{'s' if self._total != 1 else ''}"

    def _text(self) -> str:
        names = ", ".join(self._loaded)
        return f"loading models: {len(self._loaded)} of {self._total}  {names}"
