"""`tritone nats dlq`: messages that could not be answered."""

import enum
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tritone.cli.flags import EXIT_CODES, Json
from tritone.cli.nats_letters import described, print_table
from tritone.cli.nats_session import for_each, run

if TYPE_CHECKING:
    from nats.js import JetStreamContext

    from tritone.nats.letter import Letter

__all__ = ["AreaChoice", "app"]

app = typer.Typer(
    no_args_is_help=True, help="List, show, send again and delete messages without an answer."
)


class AreaChoice(enum.StrEnum):
    """The same names as `tritone.nats.subjects.Area`, which is too slow to import for a help."""

    chat = "chat"
    voice = "voice"
    pipeline = "pipeline"


Area = Annotated[AreaChoice | None, typer.Option(help="Only those of one area.")]
Everything = Annotated[bool, typer.Option("--all", help="All letters, or all of --area.")]
Numbers = Annotated[
    list[int] | None,
    typer.Argument(help="Numbers, as `tritone nats dlq list` shows them.", show_default=False),
]


@app.command("list", epilog=EXIT_CODES)
def list_(area: Area = None, as_json: Json = False) -> None:
    """Show the dead letters, oldest first.

    Examples:
      tritone nats dlq list --area voice
      tritone nats dlq list --json | jq -r '.[] | select(.code == "AUDIO_TOO_LONG").seq'
    """
    found = run(lambda js: _listed(js, area))
    if as_json:
        typer.echo(json.dumps([described(letter) for letter in found], indent=2))
    elif found:
        print_table(found)
    else:
        typer.echo("there are no dead letters", err=True)


@app.command(epilog=EXIT_CODES)
def show(
    number: Annotated[int, typer.Argument(help="Its number, as `tritone nats dlq list` shows.")],
    raw: Annotated[
        bool, typer.Option("--raw", help="Only the payload, byte for byte, on stdout.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show one letter: why it is there, its headers, and what the message says.

    The payload is shown as JSON, with the first bytes only of a recording.

    Examples:
      tritone nats dlq show 17
      tritone nats dlq show 17 --raw > message.msgpack
    """
    from tritone.cli.msgpack import readable
    from tritone.cli.output import Output

    async def get(js: "JetStreamContext") -> "Letter":
        from tritone.nats.letters import get_letter

        return await get_letter(js, number)

    letter = run(get)
    if raw:
        sys.stdout.buffer.write(letter.data)
        sys.stdout.buffer.flush()
        return
    payload = readable(letter.data)
    if as_json:
        whole = {**described(letter), "headers": letter.headers, "payload": payload}
        typer.echo(json.dumps(whole, indent=2))
        return
    out = Output(False)
    for name, value in described(letter).items():
        out.line(f"{name.replace('_', ' '):12} {value}")
    out.line("headers", style="bold")
    for name, value in letter.headers.items():
        out.line(f"  {name}: {value}")
    out.line("payload", style="bold")
    out.line(json.dumps(payload, indent=2, ensure_ascii=False))


@app.command(epilog=EXIT_CODES)
def redrive(
    numbers: Numbers = None,
    everything: Everything = False,
    area: Area = None,
    payload: Annotated[
        Path | None,
        typer.Option(
            help="File with a mended payload, which is sent instead; for one letter.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Send messages again, to the subject they came from, and delete their letters.

    A letter is deleted once JetStream has the message. What fails again
    becomes a new letter.

    Examples:
      tritone nats dlq redrive 17 18
      tritone nats dlq redrive --all --area voice
      tritone nats dlq redrive 17 --payload message.msgpack
    """
    _check(numbers, everything, area)
    if payload is not None and (everything or len(numbers or ()) != 1):
        raise typer.BadParameter("--payload is for one letter: give its number")
    data = payload.read_bytes() if payload is not None else None

    async def one(js: "JetStreamContext", seq: int) -> dict[str, Any]:
        from tritone.nats.letters import redrive

        return {"seq": seq, "sent_as": await redrive(js, seq, data)}

    for_each(lambda js: _chosen(js, numbers, area), one, "sent again", as_json)


@app.command(epilog=EXIT_CODES)
def purge(
    numbers: Numbers = None,
    everything: Everything = False,
    area: Area = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete letters for good. What they say is lost.

    Examples:
      tritone nats dlq purge 17
      tritone nats dlq purge --all --area pipeline --yes
    """
    _check(numbers, everything, area)
    what = (
        f"all letters{f' of {area.value}' if area else ''}"
        if everything
        else f"{len(numbers or ())} letter(s)"
    )
    if not yes:
        typer.confirm(f"delete {what} for good?", abort=True, err=True)

    async def one(js: "JetStreamContext", seq: int) -> dict[str, Any]:
        from tritone.nats.letters import purge

        await purge(js, seq)
        return {"seq": seq}

    for_each(lambda js: _chosen(js, numbers, area), one, "deleted", as_json)


async def _listed(js: "JetStreamContext", area: AreaChoice | None) -> "list[Letter]":
    from tritone.nats.letters import list_letters

    return await list_letters(js, area.value if area else None)


def _check(numbers: list[int] | None, everything: bool, area: AreaChoice | None) -> None:
    if everything == bool(numbers):
        raise typer.BadParameter("give numbers of letters, or --all")
    if area and not everything:
        raise typer.BadParameter("--area goes with --all")


async def _chosen(
    js: "JetStreamContext", numbers: list[int] | None, area: AreaChoice | None
) -> list[int]:
    """The numbers given, or those of all letters."""
    return list(dict.fromkeys(numbers or [one.seq for one in await _listed(js, area)]))
