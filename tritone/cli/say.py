"""`tritone say`: text to speech."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tritone.cli.flags import Json, Speed, Voice, wav_name

if TYPE_CHECKING:
    from tritone.cli.output import Output
    from tritone.contract import TtsRequest, TtsResponse
    from tritone.messages import Timing

__all__ = ["say"]


def say(
    text: Annotated[
        str, typer.Argument(help="What to say; - reads it from stdin.", show_default=False)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="WAV file to write.", callback=wav_name)
    ] = Path("speech.wav"),
    voice: Voice = "",
    speed: Speed = 1.0,
    seed: Annotated[int, typer.Option(help="Varies the intonation; 0 is the plainest.", min=0)] = 0,
    timings: Annotated[
        bool, typer.Option("--timings", help="Show when each phoneme and mouth shape is.")
    ] = False,
    play: Annotated[bool, typer.Option("--play", help="Play it, too.")] = False,
    as_json: Json = False,
) -> None:
    """Speak a sentence or two into a WAV file.

    Examples:
      tritone say "The kettle is ready." -o kettle.wav
      echo Hello | tritone say - --speed 1.2 --timings
    """
    from tritone.cli import connection
    from tritone.cli.ask import text_argument
    from tritone.cli.output import Output
    from tritone.contract import TtsRequest

    request = TtsRequest(text=text_argument(text), voice=voice, speed=speed, random_seed=seed)
    spoken = connection.run(_speak(request))
    _write(spoken, output, play=play)
    _show(spoken, output, Output(as_json), timings=timings)


async def _speak(request: "TtsRequest") -> "TtsResponse":
    from tritone.cli import connection
    from tritone.contract import TTS
    from tritone.settings import settings

    async with connection.connect(settings()) as client:
        return await client.infer(TTS, request)


def _write(spoken: "TtsResponse", path: Path, *, play: bool) -> None:
    from tritone.cli.recordings import WavWriter

    with WavWriter(path) as wav:
        wav.write(spoken.audio, spoken.sample_rate)
    if play:
        from tritone.cli.loudspeaker import Loudspeaker

        with Loudspeaker() as loudspeaker:
            loudspeaker.write(spoken.audio, spoken.sample_rate)


def _show(spoken: "TtsResponse", path: Path, out: "Output", *, timings: bool) -> None:
    import msgspec

    from tritone import messages
    from tritone.messages import Timing

    seconds = len(spoken.audio) / spoken.sample_rate
    times = messages.decode(tuple[Timing, ...], spoken.timings)
    fields: dict[str, Any] = {
        "path": str(path),
        "duration": round(seconds, 3),
        "sample_rate": spoken.sample_rate,
    }
    if timings:
        fields["timings"] = msgspec.to_builtins(times)
    out.event(**fields)
    out.line(f"{path}  ({seconds:.1f} s, {spoken.sample_rate:,} Hz)")
    if timings:
        out.table(_table(times))


def _table(timings: "tuple[Timing, ...]") -> Any:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for title in ("start", "end"):
        table.add_column(title, justify="right")
    for title in ("phoneme", "viseme"):
        table.add_column(title)
    for timing in timings:
        table.add_row(
            f"{timing.start:.3f}", f"{timing.end:.3f}", escape(timing.phoneme), timing.viseme
        )
    return table
