"""What a failure means to whoever ran the command: one line on stderr and an exit code."""

import sys
import traceback
from typing import Final

from tritone.errors import InvalidInput, Overloaded, SetupError, TritoneError, Unavailable

__all__ = ["INTERRUPTED", "exit_code", "report", "report_defect"]

INTERRUPTED: Final = 130
"""What a shell reports for a program that Ctrl-C ended."""

_CODES: Final[tuple[tuple[type[TritoneError], int], ...]] = (
    (InvalidInput, 3),
    (Unavailable, 4),
    (Overloaded, 4),
    (SetupError, 5),
)


def exit_code(error: TritoneError) -> int:
    """The exit code of a command that ended with `error`."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), 1)


def report(error: TritoneError) -> int:
    """Prints `error CODE: message`; answers the exit code."""
    print(f"error {error.code}: {error.message}", file=sys.stderr, flush=True)  # noqa: T201
    return exit_code(error)


def report_defect(error: Exception) -> int:
    """Prints what nobody expected, with its traceback where debugging is on."""
    if _debugging():
        traceback.print_exception(error)
    text = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    print(  # noqa: T201
        f"error INTERNAL: {text} (a defect of Tritone; TRITONE_LOG_LEVEL=debug shows where)",
        file=sys.stderr,
        flush=True,
    )
    return 1


def _debugging() -> bool:
    from tritone.settings import settings

    try:
        return settings().log_level == "debug"
    except ValueError:  # the settings themselves are wrong, which is reported elsewhere
        return False
