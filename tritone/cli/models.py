"""`tritone models`: the weights on this machine."""

import json
from collections.abc import Collection
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from tritone.cli.fetching import fetch_with_progress
from tritone.errors import TritoneError, WeightsCorrupt, WeightsMissing
from tritone.settings import settings
from tritone.weights import ALL_SOURCES, Store
from tritone.weights.manifest import SetName, SourceKind, Weights

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="List, fetch and check the weights of the models.")

_NAMES = typer.Argument(help="Names of weights, as `tritone models list` shows them.")
_JSON = typer.Option("--json", help="Print JSON, for programs.")
_STATES = {"ready": "green", "unverified": "yellow", "partial": "yellow", "missing": "dim"}


def _store() -> Store:
    return Store(settings().home, settings().weights_path)


def _entries(store: Store, names: Collection[str]) -> list[Weights]:
    """The named entries; an unknown name is a usage error."""
    try:
        return [store.manifest.get(name) for name in names]
    except TritoneError as error:
        raise typer.BadParameter(error.message) from None


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2))


@app.command("list")
def list_(as_json: Annotated[bool, _JSON] = False) -> None:
    """Show every entry of the manifest and whether it is here.

    ready: verified; unverified: here, will be hashed at first use; partial: a fetch was
    interrupted; missing: fetch it.

    Examples:
      tritone models list
      tritone models list --json | jq '.[] | select(.state == "missing").name'
    """
    store = _store()
    rows = [(entry, store.status(entry.name)) for entry in store.manifest]
    if as_json:
        _print_json(
            [
                {
                    "name": entry.name,
                    "version": entry.version,
                    "purpose": entry.purpose,
                    "about": entry.about,
                    "sets": sorted(entry.sets),
                    "bytes": entry.size,
                    "licence": entry.licence.spdx,
                    "licence_evidence": entry.licence.evidence,
                    "state": status.state,
                    "folder": str(status.folder) if status.folder else None,
                }
                for entry, status in rows
            ]
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold", caption_justify="left")
    table.caption = "* reported by others; docs/weights.md says how each licence is known"
    table.add_column("name", no_wrap=True)
    for title in ("purpose", "sets"):
        table.add_column(title)
    table.add_column("size", justify="right")
    for title in ("licence", "state"):
        table.add_column(title)
    for entry, status in rows:
        doubt = "*" if entry.licence.evidence == "reported" else ""
        table.add_row(
            entry.name,
            entry.purpose,
            ", ".join(sorted(entry.sets)),
            decimal(entry.size),
            entry.licence.spdx + doubt,
            f"[{_STATES[status.state]}]{status.state}[/]",
        )
    Console().print(table)


@app.command()
def fetch(
    names: Annotated[list[str] | None, _NAMES] = None,
    set_: Annotated[
        SetName | None,
        typer.Option("--set", help="Fetch a whole set. Without names: TRITONE_WEIGHTS_SET."),
    ] = None,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Bring weights here and verify them; what is here already stays.

    May be interrupted: the next run goes on where this one stopped.

    Examples:
      tritone models fetch
      tritone models fetch --set light
      tritone models fetch qwen2.5-coder-1.5b piper-joe
    """
    store = _store()
    wanted = [entry.name for entry in _entries(store, names or [])]
    if set_ or not wanted:
        wanted += store.manifest.in_set(set_ or settings().weights_set)
    sources: Collection[SourceKind] = ("path",) if settings().offline else ALL_SOURCES
    try:
        folders = fetch_with_progress(store, wanted, Console(stderr=True), sources)
    except KeyboardInterrupt:
        typer.echo("stopped; run the same command again to go on", err=True)
        raise typer.Exit(130) from None
    if as_json:
        _print_json({name: str(folder) for name, folder in folders.items()})
    else:
        for name, folder in folders.items():
            typer.echo(f"{name}  {folder}")


@app.command()
def verify(
    names: Annotated[list[str] | None, _NAMES] = None, as_json: Annotated[bool, _JSON] = False
) -> None:
    """Hash weights anew; fails if a file is corrupt or missing. Without names: all that are here.

    Examples:
      tritone models verify
      tritone models verify piper-joe --json
    """
    store = _store()
    entries = _entries(store, names or store.manifest.names)
    wanted = [e.name for e in entries if names or store.status(e.name).state != "missing"]
    checks = store.verify(wanted)
    if as_json:
        _print_json([{"name": c.name, "path": str(c.path), "state": c.state} for c in checks])
    else:
        for check in checks:
            typer.echo(f"{check.state:8} {check.path}")
    bad = {check.name: check.state for check in checks if check.state != "ok"}
    if bad:
        error = WeightsCorrupt if "corrupt" in bad.values() else WeightsMissing
        raise error(f"{len(bad)} not whole: run `tritone models fetch {' '.join(bad)}`")
    if not checks and not as_json:
        typer.echo("there are no weights here yet: run `tritone models fetch`", err=True)


@app.command()
def path(
    name: Annotated[str, typer.Argument(help="Name of weights.")],
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Print the folder that holds weights, verified.

    Examples:
      tritone models path qwen2.5-coder-0.5b
      ls $(tritone models path whisper-base)
    """
    store = _store()
    _entries(store, [name])
    folder = store.locate(name)
    if as_json:
        _print_json({"name": name, "path": str(folder)})
    else:
        typer.echo(folder)
