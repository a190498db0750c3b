"""`tritone up`: everything that is needed for a turn, then one, then serve."""

from typing import Annotated

import typer

from tritone.cli.flags import Json, SetChoice

__all__ = ["up"]


def up(
    demo: Annotated[
        bool,
        typer.Option("--demo/--no-demo", help="First ask samples/question.wav, one real turn."),
    ] = False,
    set_: Annotated[
        SetChoice | None,
        typer.Option(
            "--set",
            help="Weights to load: default, or light (small, fast, weak). "
            "Without it: TRITONE_WEIGHTS_SET.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Fetch what is missing, start Triton with every model, serve until Ctrl-C.

    Ctrl-C or SIGTERM stops the server in order and exits with 0.

    With TRITONE_TRITON_URL set nothing is started: that server is checked,
    and asked the sample question with --demo.

    TRITONE_LOG_LEVEL=debug logs all that Triton says, and
    TRITONE_LOG_FORMAT=json logs JSON lines.

    Examples:
      tritone up --demo
      TRITONE_GRPC_PORT=9001 tritone up --set light
    """
    from tritone.cli import serving
    from tritone.cli.output import Output
    from tritone.settings import settings

    out = Output(as_json)
    if settings().triton_url:
        serving.check_external(settings(), out, demo=demo)
    else:
        serving.serve(settings(), out, demo=demo, set_name=set_)
