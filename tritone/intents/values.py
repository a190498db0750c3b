"""Details of a wish - percent, colours, degrees - read from words, and found again in states."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

__all__ = ["COLOURS", "LEVELS", "MODES", "TONES", "Kind", "close", "read", "span", "step"]

Kind = Literal["percent", "colour", "temperature"]

LEVELS: Final[Mapping[str, str]] = {
    "full brightness": "100",
    "full blast": "100",
    "full power": "100",
    "all the way up": "100",
    "three quarters": "75",
    "3 quarters": "75",
    "a quarter": "25",
    "a third": "33",
    "half way": "50",
    "halfway": "50",
    "half": "50",
    "fully": "100",
    "full": "100",
    "maximum": "100",
    "max": "100",
    "brightest": "100",
    "quarter": "25",
}
"""Words that say how much, longest first where one begins another."""

COLOURS: Final[Mapping[str, tuple[int, int, int]]] = {
    "red": (255, 0, 0),
    "orange": (255, 165, 0),
    "yellow": (255, 255, 0),
    "green": (0, 128, 0),
    "lime": (0, 255, 0),
    "turquoise": (64, 224, 208),
    "teal": (0, 128, 128),
    "cyan": (0, 255, 255),
    "blue": (0, 0, 255),
    "indigo": (75, 0, 130),
    "violet": (238, 130, 238),
    "purple": (128, 0, 128),
    "magenta": (255, 0, 255),
    "pink": (255, 192, 203),
    "gold": (255, 215, 0),
    "salmon": (250, 128, 114),
    "coral": (255, 127, 80),
    "lavender": (230, 230, 250),
    "white": (255, 255, 255),
}
"""Names that Home Assistant knows as well (those of CSS), with their red, green and blue."""

TONES: Final[Mapping[str, int]] = {
    "warm white": 2700,
    "soft white": 3000,
    "neutral white": 4000,
    "cool white": 5000,
    "cold white": 6000,
    "daylight": 6000,
}
"""Shades of white, in kelvin."""

MODES: Final = frozenset(("hs", "rgb", "rgbw", "rgbww", "xy"))
"""Home Assistant's modes of lights that show colours."""

_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_CHANGED: Final = "(?:warmer|cooler|colder|hotter|brighter|dimmer|darker|more|less)"
_PERCENT: Final = (
    re.compile(rf"(?<!by )\b{_NUMBER} (?:percent|per cent)\b(?! {_CHANGED})"),
    re.compile(
        rf"\b(?:to|at|on|around|about|brightness|position|level) {_NUMBER}"
        r"(?= |$)(?! (?:degrees?|celsius|kelvin|seconds?|minutes?|hours?|am|pm|o'clock))"
    ),
)
_STEP: Final = re.compile(
    rf"\bby {_NUMBER}\b|\b{_NUMBER}(?: degrees?| percent)? "
    rf"{_CHANGED}\b"
)
_DEGREES: Final = (
    re.compile(rf"(?<!by )\b{_NUMBER} ?(?:degrees?|celsius|c)\b(?! {_CHANGED})"),
    re.compile(
        rf"\b(?:to|at|on|around|about|of) {_NUMBER}"
        r"(?= |$)(?! (?:percent|degrees?|seconds?|minutes?|hours?|am|pm|o'clock))"
    ),
)


def span(kind: Kind, heard: str) -> tuple[str, int, int] | None:
    """The value that words hold and the place of its words; None where they hold none.

    Args:
        kind: what is looked for.
        heard: normal words (`words.normal`), names of things taken out.
    """
    return _SPANS[kind](heard)


def read(kind: Kind, heard: str) -> str | None:
    """The value that words hold, as text: "50", "red", "21.5"."""
    found = span(kind, heard)
    return found[0] if found else None


def step(heard: str) -> float | None:
    """By how much something is to change: "by 20 percent", "2 degrees warmer"."""
    found = _STEP.search(heard)
    return float(found[1] or found[2]) if found else None


def close(name: str, seen: Sequence[Any]) -> bool:
    """Whether a light's red, green and blue show the colour of a name.

    Lights show colours at full strength and round them, so that hue and depth are compared.
    """
    if len(seen) != 3 or name not in COLOURS:
        return False
    wanted_hue, wanted_depth = _hue(COLOURS[name])
    hue, depth = _hue(seen)
    apart = abs(wanted_hue - hue) % 360
    return abs(wanted_depth - depth) <= 0.15 and (
        wanted_depth <= 0.15 or min(apart, 360 - apart) <= 10
    )


def _hue(colour: Sequence[float]) -> tuple[float, float]:
    """Hue in degrees, and how far from white it is: 0 to 1."""
    red, green, blue = (float(part) for part in colour)
    most, spread = max(red, green, blue), max(red, green, blue) - min(red, green, blue)
    if spread == 0:
        return 0.0, 0.0
    if most == red:
        turn = (green - blue) / spread % 6
    elif most == green:
        turn = (blue - red) / spread + 2
    else:
        turn = (red - green) / spread + 4
    return 60 * turn, spread / most


def _number(patterns: Sequence[re.Pattern[str]], heard: str) -> tuple[str, int, int] | None:
    for pattern in patterns:
        if found := pattern.search(heard):
            return f"{float(found[1]):g}", found.start(1), found.end()
    return None


def _percent(heard: str) -> tuple[str, int, int] | None:
    return _number(_PERCENT, heard) or _phrase(LEVELS, heard)


def _phrase(table: Mapping[str, Any], heard: str) -> tuple[str, int, int] | None:
    for phrase, value in table.items():
        if found := re.search(rf"\b{phrase}\b", heard):
            return str(value), found.start(), found.end()
    return None


def _colour(heard: str) -> tuple[str, int, int] | None:
    return _phrase({name: name for name in (*TONES, *COLOURS)}, heard)


_SPANS: Final[Mapping[Kind, Callable[[str], tuple[str, int, int] | None]]] = {
    "percent": _percent,
    "colour": _colour,
    "temperature": lambda heard: _number(_DEGREES, heard),
}
