"""Putting texts together as their language is written. Pure."""

from typing import Final

__all__ = ["joiner", "written_in"]

_WITHOUT_SPACES: Final = frozenset({"bo", "ja", "km", "lo", "my", "th", "yue", "zh"})
"""Languages that put no space between sentences, or none that Whisper writes."""


def written_in(spoken: str, task: str) -> str:
    """The language of the transcript, by what is spoken."""
    return "en" if task == "translate" else spoken


def joiner(language: str) -> str:
    """What stands between two pieces of text in a language (ISO 639-1)."""
    return "" if language in _WITHOUT_SPACES else " "
