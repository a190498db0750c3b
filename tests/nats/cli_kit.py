"""`tritone nats` against a server of the tests."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from nats.js import JetStreamContext
from typer.testing import Result

from tests.unit.cli_kit import run
from tritone.nats.connection import connect

T = TypeVar("T")

__all__ = ["as_json", "nats", "with_js"]


def nats(*arguments: str, code: int = 0) -> Result:
    """Runs the command, which ends with `code`."""
    result = run("nats", *arguments)
    assert result.exit_code == code, result.output
    return result


def as_json(*arguments: str, code: int = 0) -> Any:
    """What it prints as JSON."""
    return json.loads(nats(*arguments, "--json", code=code).stdout)


def with_js(url: str, work: Callable[[JetStreamContext], Awaitable[T]]) -> T:
    """Does something with JetStream between commands."""

    async def connected() -> T:
        client = await connect(url, name="test")
        try:
            return await work(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(connected())
