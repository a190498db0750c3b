"""Calls over several Tritons: where they go, and what is tried again."""

import asyncio
import contextlib
import dataclasses
import random

import pytest

from tests.unit.routing_kit import (
    BAD_INPUT,
    QUEUE_FULL,
    QUICK,
    STUB_DEAD,
    Refusal,
    grpc,
    pool_over,
    tritons,
    until,
)
from tritone import errors
from tritone.contract import EMBEDDER, LLM, STT, EmbedRequest, LlmRequest
from tritone.routing import Address, Pace, Pool

pytestmark = pytest.mark.unit

BOTH = ("embedder", "llm")
TEXT = EmbedRequest(text="hello")
PROMPT = LlmRequest(text_input="hello", stream=True)
GONE = Refusal(grpc.StatusCode.UNAVAILABLE, "Socket closed")
SPARING = dataclasses.replace(QUICK, spare=600.0, spare_longest=600.0)
"""What failed once in a test stays spared to its end."""


def idle(pool):
    """Whether nothing runs anywhere."""
    return all(not backend.in_flight for backend in pool.backends)


async def read(stream):
    """The texts of a stream."""
    async with contextlib.aclosing(stream) as responses:
        return [response.text_output async for response in responses]


async def test_calls_are_spread_over_equals():
    """Calls one after the other take turns; calls at once go where there are least."""
    async with tritons(BOTH, BOTH) as wires, pool_over(wires) as pool:
        for _ in range(10):
            await pool.infer(EMBEDDER, TEXT)
        assert [len(wire.triton.calls) for wire in wires] == [5, 5]
        for wire in wires:
            wire.triton.gate.clear()
        running = [asyncio.ensure_future(pool.infer(EMBEDDER, TEXT)) for _ in range(8)]
        await until(lambda: sum(wire.triton.running for wire in wires) == 8)
        assert [wire.triton.running for wire in wires] == [4, 4]
        assert [dict(backend.in_flight) for backend in pool.backends] == [{"embedder": 4}] * 2
        for wire in wires:
            wire.triton.gate.set()
        await asyncio.gather(*running)
        assert idle(pool)


async def test_a_call_goes_where_its_model_is():
    """Also where its version is."""
    async with tritons(("embedder",), ("llm",), ("llm",)) as wires, pool_over(wires) as pool:
        wires[2].triton.versions["llm"] = {"1": "READY", "2": "READY"}
        await until(lambda: "2" in pool.catalog.card("llm").versions)
        for _ in range(4):
            await pool.infer(EMBEDDER, TEXT)
            await read(pool.stream(dataclasses.replace(LLM, version="2"), PROMPT))
        assert [{call[:2] for call in wire.triton.calls} for wire in wires] == [
            {("embedder", "")},
            set(),
            {("llm", "2")},
        ]
        with pytest.raises(errors.ModelNotFound):
            await pool.infer(STT, STT.request(audio=[0.0]))


@pytest.mark.parametrize("refusal", [GONE, STUB_DEAD])
async def test_a_call_that_finds_nobody_is_tried_elsewhere_once(refusal):
    """Calls and streams alike; and what failed is spared from then on."""
    async with tritons(BOTH, BOTH) as wires, pool_over(wires, pace=SPARING) as pool:
        for name in BOTH:
            wires[0].triton.refusals[name] = refusal
        for _ in range(4):
            assert (await pool.infer(EMBEDDER, TEXT)).tokens == 5
            if refusal is STUB_DEAD:  # a stream's refusals have no status
                assert await read(pool.stream(LLM, PROMPT)) == ["0 ", "1 ", "2 "]
        assert pool.retried == len(wires[0].triton.calls) == (2 if refusal is STUB_DEAD else 1)
        first, second = pool.backends
        assert first.up is (refusal is STUB_DEAD)
        assert first.ejected == (BOTH if refusal is STUB_DEAD else ())
        assert second.up
        assert not second.ejected
        assert idle(pool)


async def test_a_second_failure_is_the_callers():
    """No third try, however many backends there are."""
    async with tritons(*[("embedder",)] * 3) as wires, pool_over(wires, pace=SPARING) as pool:
        for wire in wires:
            wire.triton.refusals["embedder"] = STUB_DEAD
        with pytest.raises(errors.EngineDied):
            await pool.infer(EMBEDDER, TEXT)
        assert sum(len(wire.triton.calls) for wire in wires) == 2
        assert idle(pool)


async def test_with_one_backend_its_error_is_the_callers_and_the_next_call_is_let_through():
    """There is no elsewhere; sparing the only one would turn away what it might answer."""
    async with tritons(("embedder",)) as [wire], pool_over([wire], pace=SPARING) as pool:
        wire.triton.refusals["embedder"] = STUB_DEAD
        for _ in range(3):
            with pytest.raises(errors.EngineDied):
                await pool.infer(EMBEDDER, TEXT)
        assert pool.backends[0].ejected == ("embedder",)
        wire.triton.refusals.clear()
        assert (await pool.infer(EMBEDDER, TEXT)).tokens == 5
        assert pool.retried == 0


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (BAD_INPUT, errors.TextEmpty),
        (Refusal(grpc.StatusCode.INTERNAL, "INTERNAL: oops"), errors.Internal),
        (Refusal(grpc.StatusCode.CANCELLED, "Cancelled"), errors.Cancelled),
        (Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED: no"), errors.RateLimited),
    ],
)
async def test_what_would_fail_anywhere_is_not_tried_again(refusal, error):
    """And nobody is spared for it."""
    async with tritons(("embedder",), ("embedder",)) as wires, pool_over(wires) as pool:
        for wire in wires:
            wire.triton.refusals["embedder"] = refusal
        with pytest.raises(error):
            await pool.infer(EMBEDDER, TEXT)
        assert sum(len(wire.triton.calls) for wire in wires) == 1
        assert all(backend.up and not backend.ejected for backend in pool.backends)


async def test_a_full_queue_is_tried_elsewhere_only_if_there_is_less_to_do():
    """Otherwise everybody's overload would be doubled."""
    async with tritons(("embedder",), ("embedder",)) as wires, pool_over(wires) as pool:
        wires[0].triton.refusals["embedder"] = QUEUE_FULL
        for _ in range(2):
            assert (await pool.infer(EMBEDDER, TEXT)).tokens == 5
        assert pool.retried == 1
        async with pool.pinned(EMBEDDER), pool.pinned(EMBEDDER), pool.pinned(EMBEDDER):
            # Two blocks on one of them, one on the other: the busier one is not asked.
            busy = max(range(2), key=lambda place: pool.backends[place].in_flight["embedder"])
            wires[1 - busy].triton.refusals["embedder"] = QUEUE_FULL
            with pytest.raises(errors.Overloaded):
                await pool.infer(EMBEDDER, TEXT)
        assert pool.retried == 1
        assert not any(backend.ejected for backend in pool.backends)


async def test_a_stream_that_began_is_not_tried_again():
    """Its caller has seen a part; the error says what happened."""
    async with tritons(("llm",), ("llm",)) as wires, pool_over(wires) as pool:
        for wire in wires:
            wire.triton.gate.clear()
        async with contextlib.aclosing(pool.stream(LLM, PROMPT)) as responses:
            assert (await anext(responses)).text_output == "0 "
            (busy,) = [wire for wire in wires if wire.triton.running]
            await busy.cut()
            with pytest.raises(errors.ServerUnreachable, match="broke"):
                await anext(responses)
        assert pool.retried == 0
        assert idle(pool)


async def test_the_second_try_gets_the_time_that_is_left():
    """When none is, the deadline is the error."""
    async with tritons(("embedder",), ("embedder",)) as wires, pool_over(wires) as pool:
        for wire in wires:
            wire.triton.gate.clear()
        call = asyncio.ensure_future(pool.infer(EMBEDDER, TEXT, timeout=0.5))
        await until(lambda: any(wire.triton.running for wire in wires))
        (busy,) = [wire for wire in wires if wire.triton.running]
        await busy.cut()
        with pytest.raises(errors.DeadlineExceeded):
            await call
        assert pool.retried == 1
        assert idle(pool)


async def test_a_part_of_a_sequence_is_not_tried_elsewhere():
    """The other backend does not know what came before."""
    async with tritons(("embedder",), ("embedder",)) as wires, pool_over(wires) as pool:
        for wire in wires:
            wire.triton.refusals["embedder"] = STUB_DEAD
        with pytest.raises(errors.EngineDied):
            await pool.infer(EMBEDDER, TEXT, sequence=(7, True, False))
        assert pool.retried == 0


async def test_a_pinned_block_stays_with_one_backend():
    """All its calls go there, it counts as one in flight, and errors are the caller's."""
    async with tritons(BOTH, BOTH) as wires, pool_over(wires, pace=SPARING) as pool:
        async with pool.pinned(EMBEDDER) as pinned:
            for _ in range(5):
                await pinned.infer(EMBEDDER, TEXT)
                await read(pinned.stream(LLM, PROMPT))
            async with pinned.pinned(EMBEDDER) as same:
                assert same is pinned
            (used,) = [wire for wire in wires if wire.triton.calls]
            flights = [dict(backend.in_flight) for backend in pool.backends]
            assert sorted(flights, key=len) == [{}, {"embedder": 1}]
            used.triton.refusals["embedder"] = STUB_DEAD
            with pytest.raises(errors.EngineDied):
                await pinned.infer(EMBEDDER, TEXT)
        assert idle(pool)
        assert sum(len(backend.ejected) for backend in pool.backends) == 1


async def test_cancels_and_closed_streams_leave_nothing_in_flight():
    """Nor do they speak against a backend."""
    async with tritons(BOTH, BOTH) as wires, pool_over(wires) as pool:
        for wire in wires:
            wire.triton.gate.clear()
        calls = [asyncio.ensure_future(pool.infer(EMBEDDER, TEXT)) for _ in range(4)]
        streams = [pool.stream(LLM, PROMPT) for _ in range(4)]
        for stream in streams:
            await anext(stream)
        await until(lambda: sum(wire.triton.running for wire in wires) == 8)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        for stream in streams:
            await stream.aclose()
        assert idle(pool)
        assert all(backend.up and not backend.ejected for backend in pool.backends)
        await until(lambda: not any(wire.triton.running for wire in wires))


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_nothing_stays_in_flight(seed):
    """Answers, refusals, cancels at any moment, cut wires: every count returns to nothing."""
    chance = random.Random(seed)
    async with tritons(BOTH, BOTH) as wires, pool_over(wires) as pool:

        async def call():
            with contextlib.suppress(errors.TritoneError):
                if chance.random() < 0.5:
                    await pool.infer(EMBEDDER, TEXT, timeout=chance.choice([None, 0.01, 1.0]))
                else:
                    stream = pool.stream(LLM, PROMPT)
                    async with contextlib.aclosing(stream) as responses:
                        async for _ in responses:
                            if chance.random() < 0.2:
                                break

        async def disturb():
            while True:
                wire = chance.choice(wires)
                name = chance.choice(BOTH)
                wire.triton.refusals[name] = chance.choice([GONE, STUB_DEAD, QUEUE_FULL, BAD_INPUT])
                await asyncio.sleep(0.01)
                wire.triton.refusals.pop(name, None)
                if chance.random() < 0.3:
                    await wire.cut()
                    await asyncio.sleep(0.01)
                    await wire.mend()

        disturbing = asyncio.ensure_future(disturb())
        calls = []
        for _ in range(150):
            calls.append(asyncio.ensure_future(call()))
            await asyncio.sleep(chance.random() / 200)
            if chance.random() < 0.3:
                chance.choice(calls).cancel()
        results = await asyncio.gather(*calls, return_exceptions=True)
        disturbing.cancel()
        await asyncio.gather(disturbing, return_exceptions=True)
        unexpected = [
            result
            for result in results
            if result is not None and not isinstance(result, asyncio.CancelledError)
        ]
        assert not unexpected
        assert idle(pool)


async def test_without_any_server_calls_are_refused_at_once_and_the_pool_can_be_left():
    """Entering waits no longer than a look may take."""
    pace = Pace(probe=0.05, probe_timeout=0.5)
    async with Pool([Address("127.0.0.1", 1)], idle_timeout=30, pace=pace) as pool:
        assert not await pool.ready()
        assert not pool.backends[0].up
        with pytest.raises(errors.ServerUnreachable, match="tritone up"):
            await pool.infer(EMBEDDER, TEXT)
        with pytest.raises(errors.ServerUnreachable):
            await anext(pool.stream(LLM, PROMPT))
