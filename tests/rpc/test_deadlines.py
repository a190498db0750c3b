"""A caller's deadline and its leaving reach the use case, the model and the queue."""

import asyncio

import pytest

from tests.rpc.rpc_kit import KITCHEN, LIGHT, narrow, opened, refused, until
from tritone.settings import RpcSettings

pytestmark = pytest.mark.unit
JOKE = "Tell me a joke."


def closed(door):
    """A model that never answers, as long as nobody opens its gate."""
    door.thinker.gate = asyncio.Event()
    return door.thinker.gate


async def test_a_deadline_ends_the_query_and_the_models_work():
    """The client gets DEADLINE_EXCEEDED, and the call of the model is closed, not left running."""
    async with opened() as door:
        closed(door)
        error = await refused(door.query(JOKE, timeout=0.2))
        await until(lambda: not door.thinker.open)
    assert error.code().name == "DEADLINE_EXCEEDED"


async def test_what_is_left_of_the_deadline_travels_to_the_model():
    """The model is told how long its answer is of use: never longer than the caller waits."""
    async with opened() as door:
        await door.query(JOKE, timeout=30)
        await door.query(JOKE)
    with_deadline, without = door.thinker.timeouts
    assert 0 < with_deadline <= 30
    assert 30 < without <= RpcSettings().query_seconds


async def test_a_client_that_leaves_ends_the_models_work():
    """Cancelling the call closes that of the model."""
    async with opened() as door:
        closed(door)
        call = door.begin(JOKE)
        await until(lambda: door.thinker.open)
        call.cancel()
        await until(lambda: not door.thinker.open)


async def test_a_client_that_leaves_while_it_waits_gives_up_its_turn():
    """Who waits for a place and leaves is not asked for any more; the next one's turn comes."""
    async with opened(settings=narrow(1, 8)) as door:
        gate = closed(door)
        first = door.begin("first")
        await until(lambda: door.thinker.open)
        second, third = door.begin("second"), door.begin("third")
        waiting = {"lane": "model"}
        await until(lambda: door.number("tritone_rpc_lane_waiting", **waiting) == 2)
        second.cancel()
        await until(lambda: door.number("tritone_rpc_lane_waiting", **waiting) == 1)
        gate.set()
        await asyncio.gather(first, third)
    assert [request.text for request in door.thinker.asked] == ["first", "third"]


async def test_a_deadline_counts_the_wait_for_a_place():
    """Who waits too long is told at its deadline, not when its turn would have come."""
    async with opened(settings=narrow(1, 8)) as door:
        gate = closed(door)
        first = door.begin("first")
        await until(lambda: door.thinker.open)
        error = await refused(door.query("second", timeout=0.2))
        assert error.code().name in ("DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED")
        gate.set()
        await first
    assert len(door.thinker.asked) == 1


async def test_a_query_has_an_end_even_without_a_deadline():
    """The settings bound what a caller does not."""
    async with opened(settings=RpcSettings(query_seconds=0.2)) as door:
        closed(door)
        error = await refused(door.query(JOKE))
    assert error.code().name == "DEADLINE_EXCEEDED"
    assert error.details().startswith("DEADLINE_EXCEEDED: ")


async def test_an_action_under_way_when_the_client_leaves_is_recorded():
    """What the home has been told is in the audit, though nobody waits for the answer."""
    async with opened() as door:
        door.house.deaf.add(LIGHT)
        call = door.begin(KITCHEN)
        await until(lambda: door.house.ordered)
        call.cancel()
        await until(lambda: door.audit)
    assert (door.audit[0].entity_id, door.audit[0].verified) == (LIGHT, False)
