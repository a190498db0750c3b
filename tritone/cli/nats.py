"""`tritone nats`: the streams of a NATS server, and its dead letters."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from tritone.cli.flags import EXIT_CODES, Json
from tritone.cli.nats_dlq import app as dlq

if TYPE_CHECKING:
    from tritone.cli.output import Output
    from tritone.nats.applying import Change
    from tritone.settings import Settings

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Make and check the streams of a NATS server, and look after its dead letters.",
)
app.add_typer(dlq, name="dlq", epilog=EXIT_CODES)


@app.command(epilog=EXIT_CODES)
def apply(as_json: Json = False) -> None:
    """Create what is missing, update what differs; nothing is ever deleted.

    The server is that of TRITONE_NATS_URL, or the one that `tritone up`
    started. Streams, consumers and the bucket are those that docs/nats.md
    lists, with TRITONE_NATS__REPLICAS replicas. What cannot be changed
    without losing messages is refused and told, the rest is done, and the
    exit code is 1.

    Then the server is asked whether acknowledged messages are on disk
    (TRITONE_NATS__MONITOR_URL), and there is a warning where they are not.

    Examples:
      tritone nats apply
      TRITONE_NATS_URL=nats://nats:4222 TRITONE_NATS__REPLICAS=3 tritone nats apply
    """
    from tritone.cli import connection
    from tritone.cli.output import Output

    out = Output(as_json)
    changes = connection.run(_run(out, really=True))
    if any(change.kind == "refused" for change in changes):
        raise typer.Exit(1)


@app.command(epilog=EXIT_CODES)
def diff(as_json: Json = False) -> None:
    """Say what `tritone nats apply` would change, and change nothing.

    The exit code is 0 when all is as it should be, and 1 when something
    differs. Warnings about acknowledged messages do not count.

    Examples:
      tritone nats diff
      tritone nats diff --json | jq -r '.changes[] | select(.kind == "refused").detail'
    """
    from tritone.cli import connection
    from tritone.cli.output import Output

    if connection.run(_run(Output(as_json), really=False)):
        raise typer.Exit(1)


async def _run(out: "Output", *, really: bool) -> "list[Change]":
    from tritone.cli.nats_session import jetstream
    from tritone.settings import settings

    async with jetstream() as js:
        from tritone.nats.applying import apply, plan
        from tritone.nats.durability import unflushed

        replicas = settings().nats.replicas
        changes = await (apply if really else plan)(js, replicas)
        warnings = await unflushed(js, _monitor_url(settings()))
    out.event(changes=[asdict(change) for change in changes], warnings=warnings)
    for change in changes:
        style = "red" if change.kind == "refused" else "green"
        out.line(f"{change.kind:8} {change.name}: {change.detail}", style=style)
    if not changes:
        out.line("everything is as it should be")
    for text in warnings:
        out.note(f"warning: {text}")
    return changes


def _monitor_url(settings: "Settings") -> str:
    """Where the server tells of itself; that of a server elsewhere must be given."""
    ours = settings.nats
    if ours.monitor_url or settings.nats_url or not ours.monitor_port:
        return ours.monitor_url
    return f"http://127.0.0.1:{ours.monitor_port}"
