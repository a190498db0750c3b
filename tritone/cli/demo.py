"""The demonstration turn of `tritone up`: one recording that is shipped, asked for real."""

from pathlib import Path
from typing import Final

from tritone.cli import connection
from tritone.cli.conversation import converse
from tritone.cli.output import Output
from tritone.cli.recordings import read_recording
from tritone.contract import VoiceRequest
from tritone.errors import SetupError
from tritone.settings import Settings

__all__ = ["SAMPLE", "demonstrate", "short"]

SAMPLE: Final = Path(__file__).resolve().parents[2] / "samples" / "question.wav"
"""Beside the model repositories, in a checkout."""


async def demonstrate(settings: Settings, out: Output) -> None:
    """Asks the sample question and shows all that comes of it.

    Raises:
        TritoneError: the turn failed, or the sample is not there.
    """
    if not SAMPLE.is_file():
        raise SetupError(f"the sample recording '{SAMPLE}' is not there: leave out --demo")
    # Not into the checkout or wherever this was started: nobody asked for a file there.
    reply = settings.home / "replies" / SAMPLE.name
    reply.parent.mkdir(parents=True, exist_ok=True)
    recording = read_recording(SAMPLE)
    out.line(f"asking  {short(SAMPLE)} ({recording.duration:.1f} s)")
    request = VoiceRequest(
        audio=recording.samples, sample_rate=recording.sample_rate, random_seed=1
    )
    async with connection.connect(settings) as client:
        await converse(client, request, out, reply)


def short(path: Path) -> str:
    """A path relative to where we are, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
