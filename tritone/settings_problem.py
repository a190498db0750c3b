"""What is wrong with the environment, told by the names of its variables."""

import os
from typing import Final

from tritone.errors import SetupError

__all__ = ["settings_problem"]

_PREFIX: Final = "TRITONE_"
_OTHERS: Final = ("GRPC_LISTEN_ADDR", "OTEL_EXPORTER_OTLP_ENDPOINT")


def settings_problem(error: ValueError) -> SetupError | None:
    """The environment variables that a settings validation refused, or None for other errors."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError) or error.title != "Settings":
        return None
    wrong = [
        f"{_variable(problem['loc'])}={problem['input']!r}: {problem['msg']}"
        for problem in error.errors()
    ]
    return SetupError("; ".join(wrong))


def _variable(where: "tuple[int | str, ...]") -> str:
    """The variable that a refused value comes from."""
    name = "__".join(str(part) for part in where).upper()
    if name not in _OTHERS and not name.startswith(_PREFIX):
        name = f"{_PREFIX}{name}"
    # LOG_LEVEL counts where TRITONE_LOG_LEVEL is not set.
    short = name.removeprefix(_PREFIX)
    return short if name not in os.environ and short in os.environ else name
