"""`tritone keys`: who may use the door, and how much."""

import enum
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tritone.cli.flags import EXIT_CODES, Json
from tritone.errors import InvalidInput

if TYPE_CHECKING:
    from tritone.access.keys import Key

__all__ = ["ScopeChoice", "app"]

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke the API keys of the door.")


class ScopeChoice(enum.StrEnum):
    """The same names as `tritone.access.keys.Scope`, which is too slow to import for a help."""

    all = "all"
    chat = "chat"
    transcription = "transcription"
    speech = "speech"
    embedding = "embedding"
    models = "models"


_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST: Final = timedelta(days=36_500)


def _path() -> Path:
    from tritone.settings import settings

    return settings().edge.keys_file or settings().home / "keys.json"


def _lifetime(text: str) -> timedelta:
    """What ``90m``, ``12h``, ``30d`` and ``8w`` stand for."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhdw])", text)
    if found:
        lifetime = timedelta(**{_UNITS[found[2]]: int(found[1])})
        if lifetime <= _LONGEST:
            return lifetime
    raise typer.BadParameter(f"'{text}' is no time: write 90m, 12h, 30d or 8w, 100 years at most")


def _described(key: "Key") -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "requests_per_minute": key.requests_per_minute,
        "concurrency": key.concurrency,
        "created": key.created.isoformat(),
        "expires": key.expires.isoformat() if key.expires else None,
        "expired": key.expired(datetime.now(UTC)),
    }


@app.command(epilog=EXIT_CODES)
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is: for people and messages.")],
    scope: Annotated[
        list[ScopeChoice] | None,
        typer.Option(help="What it is good for; may be repeated.", show_default="all"),
    ] = None,
    rpm: Annotated[
        int | None,
        typer.Option(min=1, help="Most requests a minute.", show_default="no limit"),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="Most requests at once.", show_default="no limit")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="Until when: 90m, 12h, 30d, 8w.", show_default="never")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a key and print it, this once: only its hash is kept.

    It goes into the file of TRITONE_EDGE__KEYS_FILE, or keys.json of
    TRITONE_HOME. A running door that uses the file takes it within a second.

    Examples:
      tritone keys create ada
      tritone keys create kiosk --scope speech --scope chat --rpm 60 --concurrency 4
      export OPENAI_API_KEY=$(tritone keys create me --expires 30d)
    """
    from tritone.access import keys, store

    until = _lifetime(expires) if expires else None
    if not name.strip() or not name.isprintable():
        raise typer.BadParameter("a name must have letters, and no line breaks")
    now = datetime.now(UTC).replace(microsecond=0)
    key, text = keys.create(
        name.strip(),
        [choice.value for choice in scope or [ScopeChoice.all]],
        requests_per_minute=rpm,
        concurrency=concurrency,
        expires=now + until if until else None,
    )
    path = _path()
    with store.edited(path) as present:
        present[key.id] = key
    if as_json:
        typer.echo(json.dumps({"key": text, **_described(key), "file": str(path)}, indent=2))
    else:
        typer.echo(text)
    typer.echo(f"kept as a hash in {path}: the key itself is not shown again", err=True)
    _tell_how_to_use(path)


@app.command("list", epilog=EXIT_CODES)
def list_(as_json: Json = False) -> None:
    """Show the keys, without their secrets, which nobody knows any more.

    Examples:
      tritone keys list
      tritone keys list --json | jq -r '.[] | select(.expired).id'
    """
    from tritone.access import store

    path = _path()
    found = list(store.read(path).values()) if path.exists() else []
    if as_json:
        typer.echo(json.dumps([_described(key) for key in found], indent=2))
    elif found:
        _print_table(found)
    else:
        typer.echo(f"there are no keys in {path}: `tritone keys create NAME` makes one", err=True)


@app.command(epilog=EXIT_CODES)
def revoke(
    ids: Annotated[list[str], typer.Argument(help="Ids of keys, as `tritone keys list` shows.")],
    as_json: Json = False,
) -> None:
    """Take keys away. A running door refuses them within a second.

    Requests that are being answered are not stopped.

    Examples:
      tritone keys revoke 5f0c2a9be811
    """
    from tritone.access import store

    with store.edited(_path()) as present:
        unknown = [each for each in ids if each not in present]
        if unknown:
            raise InvalidInput(
                f"no key has the id {', '.join(unknown)}: `tritone keys list` shows the ids"
            )
        gone = [present.pop(each) for each in dict.fromkeys(ids)]
    if as_json:
        typer.echo(json.dumps([_described(key) for key in gone], indent=2))
    else:
        for key in gone:
            typer.echo(f"revoked {key.id} ({key.name})")


def _tell_how_to_use(path: Path) -> None:
    from tritone.settings import settings

    if settings().edge.keys_file is None:
        typer.echo(
            f"the door asks for keys once it is started with TRITONE_EDGE__KEYS_FILE={path}",
            err=True,
        )


def _print_table(found: "list[Key]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("id", "name", "scopes"):
        table.add_column(title, no_wrap=title == "id")
    for title in ("a minute", "at once"):
        table.add_column(title, justify="right")
    for title in ("created", "expires"):
        table.add_column(title, no_wrap=True)
    now = datetime.now(UTC)
    for key in found:
        expires = f"{key.expires:%Y-%m-%d %H:%M}" if key.expires else "never"
        table.add_row(
            key.id,
            Text(key.name),
            ", ".join(key.scopes),
            str(key.requests_per_minute or "-"),
            str(key.concurrency or "-"),
            f"{key.created:%Y-%m-%d}",
            Text(f"{expires} (over)" if key.expired(now) else expires),
        )
    console = Console()
    console.print(table, soft_wrap=not console.is_terminal)
