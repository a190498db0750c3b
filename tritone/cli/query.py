"""`tritone query`: a sentence for AIService, and what was done about it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tritone.cli.ask import text_argument
from tritone.cli.flags import Json

if TYPE_CHECKING:
    from tritone.cli.output import Output
    from tritone.cli.rpc_session import Tls
    from tritone.protos.ai.v1.ai_pb2 import QueryResponse

__all__ = ["query"]

_PATHS: Final = {1: "template", 2: "model"}


def query(
    text: Annotated[
        str, typer.Argument(help="What is said; - reads it from stdin.", show_default=False)
    ],
    source: Annotated[str, typer.Option(help="Who asks, for logs and the audit.")] = "cli",
    address: Annotated[
        str,
        typer.Option(
            help="host:port of an AIService. Empty: the one on this machine, "
            "at the port of GRPC_LISTEN_ADDR."
        ),
    ] = "",
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the answer.", min=0.1)] = 60.0,
    ca: Annotated[
        Path | None,
        typer.Option(
            help="Who signed the server's certificate, PEM. Without it: no TLS.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    cert: Annotated[
        Path | None,
        typer.Option(
            help="Our certificate, PEM, where the server wants one.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            help="The key of our certificate, PEM.", exists=True, dir_okay=False, show_default=False
        ),
    ] = None,
    server_name: Annotated[
        str, typer.Option(help="The name in the server's certificate. Empty: the host.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Say something to the house; the reply says what really happened.

    The reply goes to stdout, what was done and seen to stderr.

    Examples:
      tritone query "Turn on the kitchen light at fifty percent."
      echo "Which lights are there?" | tritone query - --json
    """
    from tritone.cli import connection
    from tritone.cli.output import Output
    from tritone.cli.rpc_session import Tls
    from tritone.protos.ai.v1.ai_pb2 import QueryRequest

    request = QueryRequest(text=text_argument(text), source=source)
    tls = Tls(ca, cert, key, server_name)
    connection.run(_query(request, address or _here(), tls, timeout, Output(as_json)))


async def _query(
    request: Any,
    address: str,
    tls: "Tls",
    timeout: float,  # noqa: ASYNC109 - it travels to the server
    out: "Output",
) -> None:
    import time

    import grpc

    from tritone.cli.rpc_session import channel, meaning
    from tritone.protos.ai.v1.ai_pb2_grpc import AIServiceStub

    begun = time.perf_counter()
    with out.working("asking …"):
        try:
            async with channel(address, tls) as opened:
                answer = await AIServiceStub(opened).Query(request, timeout=timeout)
        except grpc.aio.AioRpcError as error:
            raise meaning(error, address) from None
    out.event(**_fields(answer), received_at=round(time.perf_counter() - begun, 4))
    out.line(answer.reply)
    for action in answer.actions:
        params = "".join(f" {name}={value}" for name, value in sorted(action.params.items()))
        seen = f"seen to be {action.state}" if action.verified else "not seen to be done"
        out.note(f"{action.intent} {action.entity_id or '?'}{params}: {seen}", style="dim")


def _here() -> str:
    """The AIService of this machine."""
    from tritone.access.listening import Listen
    from tritone.settings import settings

    return Listen.parse(settings().grpc_listen_addr, "GRPC_LISTEN_ADDR").here


def _fields(answer: "QueryResponse") -> dict[str, Any]:
    """The answer for programs."""
    return {
        "reply": answer.reply,
        "intent": answer.intent,
        "action_taken": answer.action_taken,
        "actions": [
            {
                "intent": action.intent,
                "entity_id": action.entity_id,
                "params": dict(action.params),
                "verified": action.verified,
                "state": action.state,
            }
            for action in answer.actions
        ],
        "path": _PATHS.get(answer.path, ""),
        "request_id": answer.request_id,
    }
