"""The lists of texts, read from their files."""

import functools
from pathlib import Path
from typing import Final

__all__ = ["LISTS", "texts"]

LISTS: Final = ("questions", "sentences", "passages", "prompts", "commands")
_HERE: Final = Path(__file__).parent


@functools.cache
def texts(name: str) -> tuple[str, ...]:
    """The texts of one of `LISTS`, in the order of its file."""
    lines = (_HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
