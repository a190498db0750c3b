"""What `tritone nats dlq` prints of letters."""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tritone.nats.letter import Letter

__all__ = ["described", "print_table"]

_WIDE: Final = 1000


def described(letter: "Letter") -> dict[str, Any]:
    """A letter without its payload."""
    return {
        "seq": letter.seq,
        "area": letter.area,
        "subject": letter.subject,
        "stream": letter.stream,
        "stream_seq": letter.stream_seq,
        "request_id": letter.request_id,
        "code": letter.code,
        "error": letter.error,
        "attempts": letter.attempts,
        "first_error": letter.first_error,
        "last_error": letter.last_error,
        "bytes": letter.size,
    }


def print_table(found: "list[Letter]") -> None:
    """A line for each; where nobody looks they are not broken."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("seq", justify="right")
    for title in ("area", "subject", "request id", "code"):
        shown.add_column(title)
    shown.add_column("attempts", justify="right")
    shown.add_column("when", no_wrap=True)
    for letter in found:
        when = letter.last_error[:19].replace("T", " ")
        texts = (letter.area, letter.subject, letter.request_id, letter.code)
        shown.add_row(str(letter.seq), *map(Text, texts), str(letter.attempts), when)
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(shown)
