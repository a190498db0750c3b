"""A house in memory, a model with a script, an audit that remembers, and what asks them."""

from typing import Any

import pytest

from tests.unit.usecases_house.house_kit import Kept, MemoryHouse, Thinker
from tritone.usecases.house.answer import Answer, Asker
from tritone.usecases.house.asking import Asking


@pytest.fixture
def house():
    return MemoryHouse()


@pytest.fixture
def thinker():
    return Thinker()


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def asking(house, thinker, kept):
    return Asking(thinker, house, kept, verify_seconds=0.2)


@pytest.fixture
def ask(asking):
    async def say(text: str, **more: Any) -> Answer:
        return await asking.ask(text, Asker("test", "bot"), request_id="r1", **more)

    return say
