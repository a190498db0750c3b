"""What a command prints: results on stdout for people or as JSON lines, progress on stderr."""

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any, Final

from rich.console import Console

__all__ = ["Output"]

_CONTROL: Final = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
"""A model's text is not trusted to move the cursor or to colour a terminal."""


class Output:
    """Where a command's results and progress go.

    Args:
        as_json: results as one JSON object a line; progress stays silent.

    Attributes:
        results: stdout, for people.
        progress: stderr.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.results = Console(highlight=False)
        self.progress = Console(stderr=True, highlight=False, quiet=as_json)
        self._in_line = False

    def event(self, **fields: Any) -> None:
        """One JSON line; nothing for people."""
        if self.as_json:
            sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def line(self, text: str = "", style: str | None = None) -> None:
        """A line for people."""
        if not self.as_json:
            self.end_line()
            self._print(self.results, text, style, "\n")

    def piece(self, text: str, style: str | None = None) -> None:
        """Text for people that goes on where the last piece stopped."""
        if text and not self.as_json:
            self._in_line = not text.endswith("\n")
            self._print(self.results, text, style, "")

    def end_line(self) -> None:
        """Ends a line that pieces began."""
        if self._in_line:
            self._in_line = False
            self._print(self.results, "", None, "\n")

    def table(self, table: Any) -> None:
        """A rich table for people."""
        if not self.as_json:
            self.end_line()
            self.results.print(table)

    def note(self, text: str, style: str | None = "yellow") -> None:
        """A remark beside the result, on stderr."""
        self.end_line()
        self._print(self.progress, text, style, "\n")

    @contextlib.contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Shows that something is going on; only on a terminal, and gone afterwards."""
        if not self.progress.is_terminal or self.as_json:
            yield
            return
        with self.progress.status(text):
            yield

    def _print(self, console: Console, text: str, style: str | None, end: str) -> None:
        clean = text.translate(_CONTROL)
        # Lines of a log or a pipe are not broken; a terminal wraps them by itself.
        console.print(clean, style=style, end=end, markup=False, emoji=False, soft_wrap=True)
