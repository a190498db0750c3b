"""`tritone hear`: speech to text."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tritone.cli.flags import Json, Language

if TYPE_CHECKING:
    from tritone.contract import SttRequest, SttResponse
    from tritone.messages import Segment

__all__ = ["hear"]


def hear(
    recording: Annotated[
        Path,
        typer.Argument(
            help="Recording: WAV, FLAC, Ogg, MP3.", exists=True, dir_okay=False, show_default=False
        ),
    ],
    words: Annotated[bool, typer.Option("--words", help="Show when each word is said.")] = False,
    language: Language = "",
    task: Annotated[
        Literal["transcribe", "translate"],
        typer.Option(help="Write down what is said, or translate it into English."),
    ] = "transcribe",
    as_json: Json = False,
) -> None:
    """Write down what is said in a recording.

    Prints nothing where nobody speaks.

    Examples:
      tritone hear samples/question.wav --words
      tritone hear meeting.mp3 --language de --task translate
    """
    import msgspec

    from tritone import messages
    from tritone.cli import connection
    from tritone.cli.output import Output
    from tritone.cli.recordings import read_recording
    from tritone.contract import SttRequest
    from tritone.messages import Segment

    out = Output(as_json)
    audio = read_recording(recording)
    request = SttRequest(
        audio=audio.samples,
        sample_rate=audio.sample_rate,
        language=language,
        task=task,
        word_timestamps=words,
    )
    with out.working("listening …"):
        heard = connection.run(_hear(request, audio.duration))
    segments = messages.decode(tuple[Segment, ...], heard.segments)
    out.event(
        text=heard.text,
        language=heard.language,
        language_probability=round(heard.language_probability, 4),
        duration=round(heard.duration, 3),
        no_speech_prob=round(heard.no_speech_prob, 4),
        segments=msgspec.to_builtins(segments),
    )
    if heard.text.strip():
        out.line(heard.text.strip())
    else:
        out.note("nobody speaks in this recording")
    if words:
        out.table(_table(segments))


async def _hear(request: "SttRequest", seconds: float) -> "SttResponse":
    from tritone.cli import connection
    from tritone.contract import STT
    from tritone.settings import settings

    # A long recording may take as long to write down as it is, on a slow machine.
    timeout = settings().idle_timeout + seconds
    async with connection.connect(settings()) as client:
        return await client.infer(STT, request, timeout=timeout)


def _table(segments: "tuple[Segment, ...]") -> Any:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for title in ("start", "end"):
        table.add_column(title, justify="right")
    table.add_column("word")
    table.add_column("sure", justify="right")
    for word in (word for segment in segments for word in segment.words):
        table.add_row(
            f"{word.start:.2f}",
            f"{word.end:.2f}",
            escape(word.word.strip()),
            f"{word.probability:.0%}",
        )
    return table
