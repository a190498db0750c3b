"""Waiting for a home that changes when it likes."""

import asyncio
from collections.abc import Awaitable, Callable

from tritone.errors import TritoneError
from tritone.house.port import House
from tritone.intents.entities import Entity

__all__ = ["named", "until"]


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Waits until it holds; that the home is away is no reason to stop."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                if await condition():
                    return
            except TritoneError:
                pass
            await asyncio.sleep(0.05)


async def named(house: House, entity_id: str) -> Entity | None:
    """An entity of the list."""
    return next((each for each in await house.entities() if each.entity_id == entity_id), None)
