"""Options that several commands share. Imports nothing heavy: `tritone --help` reads this."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

__all__ = [
    "EXIT_CODES",
    "Json",
    "Language",
    "MaxTokens",
    "Seed",
    "SetChoice",
    "Speed",
    "System",
    "Temperature",
    "Voice",
    "wav_name",
]

EXIT_CODES: Final = (
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 bad input, 4 server unavailable or overloaded, "
    "5 setup incomplete (weights, wheel, ports), 130 interrupted. "
    "Results go to stdout, progress and errors to stderr."
)

SetChoice = Literal["default", "light"]
"""The same names as `tritone.weights.manifest.SetName`, which is too slow to import for a help."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Voice = Annotated[str, typer.Option(help="Name of a voice. Empty: the server's default.")]
Language = Annotated[str, typer.Option(help="Language spoken, as en or de. Empty: detected.")]
Speed = Annotated[float, typer.Option(help="Of the voice: 0.25 (slow) to 4 (fast).")]
System = Annotated[str, typer.Option(help="System prompt. Empty: the server's default.")]
MaxTokens = Annotated[int, typer.Option(help="Most tokens to generate.")]
Temperature = Annotated[float, typer.Option(help="0 (always the likeliest) to 2.")]
Seed = Annotated[
    int | None,
    typer.Option(help="Same seed, same request, same answer.", min=0, show_default=False),
]


def wav_name(path: Path) -> Path:
    """Refuses, before any work is done, a file that could not be written in the end."""
    if path.suffix.lower() != ".wav":
        raise typer.BadParameter(f"'{path}' must end in .wav: audio is written as WAV")
    if not path.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder '{path.parent}'")
    if path.is_dir():
        raise typer.BadParameter(f"'{path}' is a folder")
    return path
