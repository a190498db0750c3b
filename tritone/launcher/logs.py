"""Triton's output as something to read: what matters, one line each, without the noise.

Triton writes ``I1121 10:00:00.123456 99 file.cc:12] "text"``, multi-line tables without a prefix,
and warnings about GPUs that a CPU machine does not have. Everything is kept in a file; what gets
through to a person is decided here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["Line", "read_lines"]

Level = Literal["debug", "info", "warning", "error"]

_TRITON: Final = re.compile(
    r"(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ \d+ (?P<where>\S+:\d+)\] ?(?P<text>.*)"
)
_LEVELS: Final[dict[str, Level]] = {"I": "debug", "W": "warning", "E": "error", "F": "error"}
_NOISE: Final = re.compile(
    r"CudaDriverHelper has not been initialized|Failed to initialize NVML|CUDA memory pool disabled"
    r"|[Uu]nable to allocate pinned system memory|failed to allocate pinned system memory"
    r"|DCGM unable to start|Signal \(\d+\) received"
)
"""What every machine without a GPU prints, and what a stop prints; whole sentences, so that a real
complaint about a GPU gets through."""
_LOADED: Final = re.compile(r"successfully loaded '(?P<model>[^']+)'")
_TABLE: Final = re.compile(r"^\s*([+|].*)?$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output.

    Attributes:
        level: how much it matters; Triton's own chatter counts as debug.
        text: the line without Triton's prefix.
        source: ``triton``, or ``model`` for what a model's process printed.
        loaded: the model that this line says is loaded, or empty.
    """

    level: Level
    text: str
    source: Literal["triton", "model"]
    loaded: str = ""


def read_lines(raw: Iterable[str]) -> Iterator[Line]:
    """Parses output lines; tables and empty lines are left out."""
    for entry in raw:
        text = entry.rstrip("\n")
        if _TABLE.match(text):
            continue
        found = _TRITON.match(text)
        if found is None:
            level: Level = "debug" if _NOISE.search(text) else "info"
            yield Line(level=level, text=text, source="model")
            continue
        message = found["text"].strip().strip('"')
        level = _LEVELS[found["level"]]
        if _NOISE.search(message):
            level = "debug"
        loaded = _LOADED.search(message)
        if message:
            yield Line(level, message, "triton", loaded["model"] if loaded else "")
