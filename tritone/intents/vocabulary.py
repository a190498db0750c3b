"""Lists of words, written as they are read."""

from tritone.intents.words import Words

__all__ = ["listed", "phrases", "vocabulary"]


def vocabulary(*lines: str) -> frozenset[str]:
    """The words of lines."""
    return frozenset(word for line in lines for word in line.split())


def phrases(*lines: str) -> tuple[Words, ...]:
    """The phrases of lines, which commas part; long ones first."""
    found = (tuple(phrase.split()) for line in lines for phrase in line.split(","))
    return tuple(sorted(found, key=len, reverse=True))


def listed(*lines: str) -> tuple[str, ...]:
    """The items of lines, which commas part."""
    return tuple(item.strip() for line in lines for item in line.split(","))
