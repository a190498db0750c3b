"""The headers that tell a client what is left of its rate, named and written as OpenAI's are."""

from typing import Final

from tritone.access.limits import Standing

__all__ = ["allowance"]

_MINUTE: Final = 60


def allowance(standing: Standing | None) -> list[tuple[bytes, bytes]]:
    """``x-ratelimit-limit-requests`` and its like; nothing for a key without a limit."""
    if standing is None:
        return []
    return [
        (b"x-ratelimit-limit-requests", str(standing.limit).encode()),
        (b"x-ratelimit-remaining-requests", str(standing.remaining).encode()),
        (b"x-ratelimit-reset-requests", _written(standing.reset).encode()),
    ]


def _written(seconds: float) -> str:
    """``1m0s``, ``12.5s``, ``250ms``."""
    milliseconds = round(seconds * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds / 1000, _MINUTE)
    return f"{minutes:.0f}m{rest:g}s" if minutes else f"{rest:g}s"
