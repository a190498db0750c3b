"""What every subject needs that calls a server of ours."""

from typing import Final

from perf.bench.subjects.base import Options

__all__ = ["IDLE_SECONDS", "pids"]

IDLE_SECONDS: Final = 120.0
"""How long a stream may be silent. In an overload a turn waits long for its first event; that is to
be measured, and not to be taken for a dead server."""


def pids(options: Options, *names: str) -> list[int]:
    """The processes of these servers, of those that were started here."""
    return [options.pids[name] for name in names if name in options.pids]
