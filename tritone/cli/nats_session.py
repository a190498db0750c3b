"""The one place where `tritone nats` gets its connection, and works with it."""

import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from tritone.errors import SetupError, TritoneError

if TYPE_CHECKING:
    from nats.js import JetStreamContext

__all__ = ["for_each", "jetstream", "run"]

T = TypeVar("T")


@contextlib.asynccontextmanager
async def jetstream() -> "AsyncGenerator[JetStreamContext, None]":
    """JetStream of the server that the settings name.

    Raises:
        SetupError: the client is not installed.
        ServerUnreachable: nobody answers.
    """
    from tritone.settings import settings

    try:
        from tritone.nats.connection import connect
    except ModuleNotFoundError as error:
        raise SetupError(
            f"`tritone nats` needs {error.name}: pip install 'tritone[nats]'"
        ) from None
    used = settings()
    client = await connect(used.nats_address, name="tritone nats", creds_file=used.nats.creds_file)
    try:
        yield client.jetstream()
    finally:
        await client.close()


def run(work: "Callable[[JetStreamContext], Awaitable[T]]") -> T:
    """Does something with JetStream, and answers what that answers."""
    from tritone.cli import connection

    async def with_connection() -> T:
        async with jetstream() as js:
            return await work(js)

    return connection.run(with_connection())


def for_each(
    choose: "Callable[[JetStreamContext], Awaitable[list[int]]]",
    work: "Callable[[JetStreamContext, int], Awaitable[dict[str, Any]]]",
    done: str,
    as_json: bool,
) -> None:
    """Works on one after another, also after some have failed; the first makes the exit code."""
    from tritone.cli import failures

    results: list[dict[str, Any]] = []
    failed: list[int] = []

    async def all_of_them(js: "JetStreamContext") -> None:
        for seq in await choose(js):
            try:
                results.append(await work(js, seq))
            except TritoneError as error:
                failed.append(failures.report(error))

    run(all_of_them)
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        typer.echo(f"{done}: {len(results)} of {len(results) + len(failed)}")
    if failed:
        raise typer.Exit(failed[0])
