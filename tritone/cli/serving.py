"""Runs a Triton from start to stop for `tritone up`, or checks one that somebody else runs."""

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import typer

from tritone.cli import connection, failures
from tritone.cli.demo import SAMPLE, demonstrate, short
from tritone.cli.fetching import fetch_with_progress
from tritone.cli.journal import Journal
from tritone.cli.loading import Loading
from tritone.cli.messaging import Messaging, check_messaging
from tritone.cli.output import Output
from tritone.cli.selection import Selection, select
from tritone.cli.stopping import StopSignal
from tritone.contract import MODELS
from tritone.errors import ModelNotReady, ServerUnreachable
from tritone.launcher import entrances
from tritone.launcher.door import Door, Entrance
from tritone.launcher.server import check_ports
from tritone.launcher.supervisor import Supervisor
from tritone.nats.address import shown
from tritone.settings import Settings
from tritone.weights import ALL_SOURCES, Store
from tritone.weights.manifest import SetName

__all__ = ["check_external", "serve"]

_LOOK_SECONDS: Final = 0.2
"""How late a signal or the server's end is noticed."""


def serve(settings: Settings, out: Output, *, demo: bool, set_name: SetName | None) -> None:
    """Fetches, starts, demonstrates, serves, stops.

    Raises:
        TritoneError: something is missing, the server does not start, or the demonstration fails.
        typer.Exit: with 1 when the server died for good.
    """
    journal = Journal(settings.log_level, settings.log_format)
    selection = select(settings, set_name)
    _check(settings)  # before a long download, not after
    _fetch(settings, selection, journal)
    loading = Loading(journal, out, len(selection.models))
    supervisor = Supervisor(
        settings,
        environment=selection.environment,
        on_line=loading.line,
        on_event=journal.event,
    )

    with StopSignal() as stop:
        # Closed whatever happens, also when starting fails half way; what came last first.
        with contextlib.ExitStack() as running:
            running.enter_context(contextlib.closing(supervisor))
            with loading:
                supervisor.start()
                supervisor.wait_ready(stop)
            if not stop.requested:
                loading.finished()
                for door in _doors(settings, journal):
                    if not stop.requested:
                        running.enter_context(contextlib.closing(door))
                        door.start(stop)
                if demo and not stop.requested:
                    connection.run(stop.unless(demonstrate(settings, out)))
            if not stop.requested:
                _show_endpoints(settings, out)
            while not stop.requested and supervisor.failed is None:
                time.sleep(_LOOK_SECONDS)
            if stop.requested:
                journal.event("stopping")
        if supervisor.failed is not None:
            failures.report(supervisor.failed)
            raise typer.Exit(1)
        journal.event("stopped")
        out.event(type="stopped")


def _doors(settings: Settings, journal: Journal) -> Iterator[Door | Messaging]:
    """Those that are wished, in the order in which they are opened."""

    def door(entrance: Entrance, source: str) -> Door:
        return Door(
            entrance,
            settings,
            lambda level, text, fields: journal.write(level, source, text, **fields),
        )

    if settings.edge.enabled:
        yield door(entrances.edge(settings), "edge")
    if settings.bridge.enabled:
        yield Messaging(settings, journal)
    if settings.rpc.enabled:
        yield door(entrances.rpc(settings), "rpc")


def _check(settings: Settings) -> None:
    """Whether all that is wished can be started. Raises PortInUse or SetupError."""
    check_ports(settings)
    if settings.edge.enabled:
        entrances.edge(settings).check()
    if settings.bridge.enabled:
        check_messaging(settings)
    if settings.rpc.enabled:
        entrances.check_installed()
        entrances.rpc(settings).check()


def _fetch(settings: Settings, selection: Selection, journal: Journal) -> None:
    store = Store(settings.home, settings.weights_path)
    absent = [name for name in selection.weights if store.status(name).state != "ready"]
    if not absent:
        return
    journal.event(f"weights to fetch or check: {', '.join(absent)}")
    fetch_with_progress(
        store, absent, journal.console, ("path",) if settings.offline else ALL_SOURCES
    )


def _show_endpoints(settings: Settings, out: Output) -> None:
    http = f"http://{settings.host}:{settings.http_port}"
    metrics = f"http://{settings.host}:{settings.metrics_port}/metrics"
    openai = f"http://{settings.edge.host}:{settings.edge.port}/v1"
    doors = {"openai": openai} if settings.edge.enabled else {}
    if settings.bridge.enabled:
        doors["nats"] = shown(settings.nats_address)
    if settings.rpc.enabled:
        doors["rpc"] = entrances.listen_of(settings).here
    out.event(type="ready", **doors, grpc=settings.grpc_url, http=http, metrics=metrics)
    out.line()
    out.line("serving", style="bold green")
    if settings.edge.enabled:
        out.line(f"  OpenAI   {openai}")
    if settings.bridge.enabled:
        out.line(f"  NATS     {doors['nats']}")
    if settings.rpc.enabled:
        out.line(f"  house    {doors['rpc']} (AIService)")
    out.line(f"  gRPC     {settings.grpc_url}")
    out.line(f"  HTTP     {http}")
    out.line(f"  metrics  {metrics}")
    out.line("talk to it from another terminal:")
    for arguments in (f"talk {short(SAMPLE)} -o reply.wav", 'ask "Why is the sky blue?"'):
        out.line(f"  {_environment(settings)}{_program()} {arguments}")
    if settings.rpc.enabled:
        address = "" if doors["rpc"] == "127.0.0.1:50052" else f" --address {doors['rpc']}"
        out.line(f'  {_program()} query "Turn on the kitchen light."{address}')
    out.line("Ctrl-C stops it.")


def _environment(settings: Settings) -> str:
    """What another terminal must be told to find this server."""
    standard = "127.0.0.1:8001"
    return "" if settings.grpc_url == standard else f"TRITONE_TRITON_URL={settings.grpc_url} "


def _program() -> str:
    """What to type for this program: `make up` does not put its environment on the PATH."""
    program = Path(sys.argv[0]).absolute()
    found = shutil.which("tritone")
    if program.name != "tritone" or (found and Path(found).absolute() == program):
        return "tritone"
    return short(program)


def check_external(settings: Settings, out: Output, *, demo: bool) -> None:
    """Checks the server at TRITONE_TRITON_URL and, with `demo`, asks it the sample question.

    Raises:
        ServerUnreachable, ModelNotReady: it does not serve.
        TritoneError: the demonstration failed.
    """
    connection.run(_check_external(settings))
    out.event(type="ready", grpc=settings.grpc_url)
    out.line(f"{settings.grpc_url} serves {len(MODELS)} models (started by somebody else)")
    if demo:
        connection.run(demonstrate(settings, out))


async def _check_external(settings: Settings) -> None:
    async with connection.connect(settings) as client:
        if not await client.ready():
            raise ServerUnreachable(
                f"no Triton is ready at {settings.grpc_url} (TRITONE_TRITON_URL)"
            )
        missing = [model.name for model in MODELS if not await client.ready(model)]
    if missing:
        raise ModelNotReady(f"{settings.grpc_url} does not serve {', '.join(missing)}")
