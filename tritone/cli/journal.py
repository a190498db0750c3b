"""The log of `tritone up` on stderr: a line for people, or a JSON object, per thing that happened.

Called from several threads: the server's output is read in one of its own.
"""

import io
import json
import threading
import time
from datetime import UTC, datetime
from typing import Any, Final, Literal

from rich.console import Console
from rich.text import Text

from tritone.launcher.logs import Line

__all__ = ["Journal"]

_LEVELS: Final = ("debug", "info", "warning", "error")
_STYLES: Final = {"debug": "dim", "info": "", "warning": "yellow", "error": "bold red"}


class Journal:
    """Writes what happens.

    Args:
        level: the least level that is written.
        form: for people (`text`) or for programs (`json`).

    Attributes:
        console: stderr, for progress bars; in JSON form what is printed there becomes log lines.
        draws: whether it makes sense to draw progress: a terminal, read by a person.
    """

    def __init__(self, level: str, form: Literal["text", "json"]) -> None:
        self._least = _LEVELS.index(level)
        self._form = form
        self._lock = threading.Lock()
        self._err = Console(stderr=True, highlight=False)
        self.console = self._err
        if form == "json":
            self.console = Console(file=_Lines(self), width=200, color_system=None)
        self.draws = form == "text" and self._err.is_terminal

    def line(self, line: Line) -> None:
        """A line of the server's output."""
        self.write(line.level, line.source, line.text)

    def event(self, text: str, level: str = "info") -> None:
        """Something that Tritone itself did or noticed."""
        self.write(level, "tritone", text)

    def write(self, level: str, source: str, text: str, **fields: Any) -> None:
        """Writes one entry, if it matters enough."""
        if _LEVELS.index(level) < self._least:
            return
        now = datetime.fromtimestamp(time.time(), tz=UTC)
        if self._form == "json":
            entry = {
                "time": now.isoformat(timespec="milliseconds"),
                "level": level,
                "source": source,
                "text": text,
                **fields,
            }
            with self._lock:
                self._err.file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                self._err.file.flush()
            return
        mark = f"{level}: " if level in ("warning", "error") else ""
        told = " ".join(f"{name}={value}" for name, value in fields.items())
        entry_text = Text.assemble(
            (f"{now.astimezone():%H:%M:%S} ", "dim"),
            (f"{source:7} ", "cyan"),
            (f"{mark}{_printable(text)}", _STYLES[level]),
            (f"  {_printable(told)}" if told else "", "dim"),
        )
        self._err.print(entry_text, soft_wrap=True)


class _Lines(io.StringIO):
    """A file whose lines become log entries."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal
        self._rest = ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if line.strip():
                self._journal.event(line.strip())
        return len(text)

    def isatty(self) -> bool:
        return False


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
