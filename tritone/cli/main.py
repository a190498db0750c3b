"""The `tritone` command: its sub-commands, and what their failures look like.

Modules of commands import little at the top: the whole command line is read for every call.
"""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tritone.cli import failures
from tritone.cli.ask import ask
from tritone.cli.doctor import doctor
from tritone.cli.edge import edge
from tritone.cli.flags import EXIT_CODES
from tritone.cli.hear import hear
from tritone.cli.keys import app as keys
from tritone.cli.nats import app as nats
from tritone.cli.query import query
from tritone.cli.rpc import rpc
from tritone.cli.say import say
from tritone.cli.talk import talk
from tritone.cli.up import up
from tritone.errors import TritoneError

__all__ = ["app", "main"]


class _Root(TyperGroup):
    """Turns what a command raises into a line and an exit code, for all commands in one place."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except TritoneError as error:
            raise typer.Exit(failures.report(error)) from None
        except ValueError as error:
            from tritone.settings_problem import settings_problem

            problem = settings_problem(error)
            if problem is None:
                raise
            raise typer.Exit(failures.report(problem)) from None
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)  # noqa: T201
            raise typer.Exit(failures.INTERRUPTED) from None


class _Models(TyperGroup):
    """`tritone models`, imported when it is asked for: it needs the weights and their network."""

    def _real(self) -> Any:
        from tritone.cli import models

        return typer.main.get_command(models.app)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self._real().list_commands(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return self._real().get_command(ctx, cmd_name)


app = typer.Typer(
    cls=_Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Talk with a machine of your own: speech in, speech out, on NVIDIA Triton.",
    epilog=EXIT_CODES,
)
for command in (up, talk, ask, say, hear, query, edge, rpc, doctor):
    app.command(epilog=EXIT_CODES)(command)
app.add_typer(
    typer.Typer(
        cls=_Models,
        no_args_is_help=True,
        help="List, fetch and check the weights of the models.",
        epilog=EXIT_CODES,
    ),
    name="models",
)
app.add_typer(keys, name="keys", epilog=EXIT_CODES)
app.add_typer(nats, name="nats", epilog=EXIT_CODES)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tritone {version('tritone')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Talk with a machine of your own: speech in, speech out, on NVIDIA Triton."""


def main() -> None:
    """The entry point of the `tritone` program."""
    try:
        app(prog_name="tritone")
    except Exception as error:  # noqa: BLE001 - a defect is reported, not shown as a traceback
        sys.exit(failures.report_defect(error))
