"""`tritone ask`: a question in text, the answer in text."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tritone.cli.flags import Json, MaxTokens, Seed, System, Temperature

if TYPE_CHECKING:
    from tritone.cli.output import Output
    from tritone.contract import LlmRequest, LlmResponse

__all__ = ["ask", "text_argument"]


def ask(
    question: Annotated[
        str, typer.Argument(help="What to ask; - reads it from stdin.", show_default=False)
    ],
    system: System = "",
    max_tokens: MaxTokens = 256,
    temperature: Temperature = 0.7,
    seed: Seed = None,
    schema: Annotated[
        Path | None,
        typer.Option(
            help="File with a JSON schema; the answer is JSON that fits it.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask in text; the answer appears while it is generated.

    Examples:
      tritone ask "Why is the sky blue?" --max-tokens 60
      git log -5 | tritone ask - --system "Sum up what changed."
    """
    from tritone import messages
    from tritone.cli import connection
    from tritone.cli.output import Output
    from tritone.contract import LlmRequest
    from tritone.messages import ChatMessage

    said = [ChatMessage(role="system", content=system)] if system else []
    said.append(ChatMessage(role="user", content=text_argument(question)))
    request = LlmRequest(
        messages=messages.encode(said),
        max_tokens=max_tokens,
        temperature=temperature,
        random_seed=seed,
        stream=True,
        response_format=_response_format(schema) if schema else None,
    )
    connection.run(_ask(request, Output(as_json)))


async def _ask(request: "LlmRequest", out: "Output") -> None:
    import contextlib
    import time

    from tritone.cli import connection
    from tritone.contract import CHAT
    from tritone.settings import settings

    begun = time.perf_counter()
    text = ""
    last: LlmResponse | None = None
    waiting = contextlib.ExitStack()
    waiting.enter_context(out.working("thinking …"))
    try:
        async with (
            connection.connect(settings()) as client,
            connection.stream(client, CHAT, request) as answers,
        ):
            async for last in answers:
                if last.text_output:
                    waiting.close()
                    text += last.text_output
                    at = round(time.perf_counter() - begun, 4)
                    out.event(type="text", text=last.text_output, received_at=at)
                    out.piece(last.text_output)
    finally:
        waiting.close()
        out.end_line()
    if last is None:
        return
    out.event(
        type="done",
        text=text,
        finish_reason=last.finish_reason,
        prompt_tokens=last.prompt_tokens,
        completion_tokens=last.completion_tokens,
        cached_tokens=last.cached_tokens,
        received_at=round(time.perf_counter() - begun, 4),
    )
    if last.finish_reason == "length":
        out.note("the answer was cut off: --max-tokens allows more")


def text_argument(text: str) -> str:
    """An argument's text, or stdin's where the argument is a dash.

    Raises:
        TextNotUtf8: stdin is not UTF-8.
    """
    if text != "-":
        return text
    from tritone.errors import TextNotUtf8

    try:
        return sys.stdin.buffer.read().decode().strip()
    except UnicodeDecodeError as error:
        raise TextNotUtf8(f"stdin is not UTF-8 text (byte {error.start})") from None


def _response_format(path: Path) -> str:
    """OpenAI's `response_format` for the JSON schema in a file."""
    from tritone.errors import InvalidSchema

    try:
        schema = json.loads(path.read_bytes())
    except ValueError as error:
        raise InvalidSchema(f"'{path}' is not JSON: {error}") from None
    return json.dumps(
        {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    )
