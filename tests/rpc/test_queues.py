"""Many at once: bounded queues, and the quick never behind the slow."""

import asyncio

import pytest

from tests.rpc.rpc_kit import KITCHEN, narrow, opened, refused, trailers, until
from tritone.protos.ai.v1 import ai_pb2
from tritone.settings import RpcSettings

pytestmark = pytest.mark.unit


async def test_a_command_never_waits_behind_the_model():
    """With every place of the model taken and its queue full, an obvious command is answered."""
    async with opened(settings=narrow(2, 4)) as door:
        gate = door.thinker.gate = asyncio.Event()
        talk = [door.begin(f"joke {number}", source=f"s{number}") for number in range(6)]
        await until(lambda: door.number("tritone_rpc_lane_waiting", lane="model") == 4)
        for _ in range(20):
            answer = await door.query(KITCHEN, timeout=10)
            assert answer.path == ai_pb2.PATH_TEMPLATE
        assert not any(each.done() for each in talk)
        gate.set()
        assert len(await asyncio.gather(*talk)) == 6


async def test_no_more_ask_the_model_than_there_are_places():
    """The others wait, however many come."""
    async with opened(settings=narrow(3, 64)) as door:
        gate = door.thinker.gate = asyncio.Event()
        calls = [door.begin(f"joke {number}") for number in range(20)]
        await until(lambda: door.number("tritone_rpc_lane_waiting", lane="model") == 17)
        assert door.thinker.open == 3
        gate.set()
        await asyncio.gather(*calls)


async def test_who_finds_the_queue_full_is_told_when_to_come_again():
    """RESOURCE_EXHAUSTED at once, with `retry-after` in whole seconds."""
    async with opened(settings=narrow(1, 1)) as door:
        gate = door.thinker.gate = asyncio.Event()
        calls = [door.begin("one"), door.begin("two")]
        await until(lambda: door.number("tritone_rpc_lane_waiting", lane="model") == 1)
        error = await refused(door.query("three"))
        gate.set()
        await asyncio.gather(*calls)
        assert door.number("tritone_rpc_lane_refused_total", lane="model") == 1
    assert (error.code().name, error.details().partition(":")[0]) == (
        "RESOURCE_EXHAUSTED",
        "OVERLOADED",
    )
    assert int(trailers(error)["retry-after"]) >= 1


async def test_there_is_a_bound_on_all_queries_together():
    """Also those that do nothing but read the list of a slow home are counted."""
    async with opened(settings=RpcSettings(most_queries=3)) as door:
        gate = door.thinker.gate = asyncio.Event()
        calls = [door.begin(f"joke {number}") for number in range(3)]
        await until(lambda: door.thinker.open == 3)
        error = await refused(door.query(KITCHEN))
        gate.set()
        await asyncio.gather(*calls)
        assert (await door.query(KITCHEN)).action_taken
    assert error.code().name == "RESOURCE_EXHAUSTED"
    assert "retry-after" in trailers(error)


async def test_sixty_four_in_a_mix_are_all_answered():
    """Commands and talk at once: each gets its own answer, and the commands all come first."""
    async with opened(settings=narrow(8, 64)) as door:
        gate = door.thinker.gate = asyncio.Event()
        order: list[int] = []

        async def ask(number: int) -> ai_pb2.QueryResponse:
            text = f"joke {number}" if number % 2 else KITCHEN
            answer = await door.query(text, source=f"s{number % 5}", timeout=60)
            order.append(number)
            return answer

        calls = [asyncio.ensure_future(ask(number)) for number in range(64)]
        await until(lambda: len(order) == 32)
        gate.set()
        answers = await asyncio.gather(*calls)
    assert [answer.path for answer in answers] == [ai_pb2.PATH_TEMPLATE, ai_pb2.PATH_MODEL] * 32
    assert all(number % 2 == 0 for number in order[:32])
    assert {request.text for request in door.thinker.asked} == {
        f"joke {number}" for number in range(1, 64, 2)
    }


async def test_one_source_does_not_keep_another_from_its_turn():
    """Of those who wait, who has least at work goes first, though it came last."""
    async with opened(settings=narrow(2, 64)) as door:
        gate = door.thinker.gate = asyncio.Event()
        greedy = [door.begin(f"greedy {number}", source="bot") for number in range(6)]
        await until(lambda: door.number("tritone_rpc_lane_waiting", lane="model") == 4)
        modest = door.begin("modest", source="ada")
        await until(lambda: door.number("tritone_rpc_lane_waiting", lane="model") == 5)
        gate.set()
        await asyncio.gather(modest, *greedy)
    assert "modest" in [request.text for request in door.thinker.asked][:4]
