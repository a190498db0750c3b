"""Backends come, go, hang and return; the pool notices."""

import asyncio
import contextlib
import dataclasses

import pytest

from tests.unit.routing_kit import QUICK, STUB_DEAD, config, pool_over, tritons, until
from tritone import errors
from tritone.contract import EMBEDDER, LLM, EmbedRequest, LlmRequest
from tritone.routing import Address
from tritone.routing.watch import free_gpu_memory

pytestmark = pytest.mark.unit

TEXT = EmbedRequest(text="hello")
PROMPT = LlmRequest(text_input="hello", stream=True)


async def test_a_dead_backend_is_ejected_and_takes_load_again_when_it_returns():
    """Meanwhile every call is answered by the other one."""
    async with tritons(("embedder",), ("embedder",)) as wires, pool_over(wires) as pool:
        await wires[0].cut()
        for _ in range(20):
            assert (await pool.infer(EMBEDDER, TEXT)).tokens == 5
        await until(lambda: not pool.backends[0].up)
        assert pool.catalog.card("embedder").backends == {
            str(wires[0].address): "unreachable",
            str(wires[1].address): "ready",
        }
        await wires[0].mend()
        await until(lambda: pool.backends[0].up)
        before = len(wires[0].triton.calls)
        for _ in range(20):
            await pool.infer(EMBEDDER, TEXT)
        assert len(wires[0].triton.calls) > before + 5
        said = [text for text, _ in pool.events]
        assert any("is down" in text for text in said)
        assert said.count(f"{wires[0].address} is up") == 2


async def test_a_returning_backend_is_let_in_step_by_step():
    """One call at a time at first, while the other one takes the rest."""
    async with tritons(("embedder",), ("embedder",)) as wires, pool_over(wires) as pool:
        await wires[0].cut()
        await until(lambda: not pool.backends[0].up)
        await wires[0].mend()
        await until(lambda: pool.backends[0].up)
        for wire in wires:
            wire.triton.gate.clear()
        calls = [asyncio.ensure_future(pool.infer(EMBEDDER, TEXT)) for _ in range(10)]
        await until(lambda: sum(wire.triton.running for wire in wires) == 10)
        assert [wire.triton.running for wire in wires] == [1, 9]
        for wire in wires:
            wire.triton.gate.set()
        await asyncio.gather(*calls)


async def test_a_backend_whose_model_is_dead_does_not_get_all_calls():
    """It fails at once and so is never busy; it is tried now and then, not each time."""
    pace = dataclasses.replace(QUICK, spare=600.0, spare_longest=600.0)
    async with (
        tritons(("embedder", "llm"), ("embedder",)) as wires,
        pool_over(wires, pace=pace) as pool,
    ):
        wires[0].triton.refusals["embedder"] = STUB_DEAD
        for _ in range(50):
            assert (await pool.infer(EMBEDDER, TEXT)).tokens == 5
        assert len(wires[0].triton.calls) == 1
        assert pool.backends[0].up
        assert pool.backends[0].ejected == ("embedder",)
        async with contextlib.aclosing(pool.stream(LLM, PROMPT)) as responses:
            assert [response.text_output async for response in responses] == ["0 ", "1 ", "2 "]


async def test_a_model_that_was_spared_is_tried_again():
    """Then it is as good as before."""
    async with tritons(("embedder",), ("embedder",)) as wires, pool_over(wires) as pool:
        wires[0].triton.refusals["embedder"] = STUB_DEAD
        for _ in range(4):
            await pool.infer(EMBEDDER, TEXT)
        assert pool.backends[0].ejected
        wires[0].triton.refusals.clear()

        async def call_until_well():
            while pool.backends[0].ejected:
                await pool.infer(EMBEDDER, TEXT)

        await asyncio.wait_for(call_until_well(), 60)


async def test_a_hanging_backend_does_not_hold_up_the_watch_over_others():
    """It gets no calls as soon as a look stays unanswered, and is down after some."""
    pace = dataclasses.replace(QUICK, probe_timeout=0.3)
    async with tritons(("embedder",), ("embedder",)) as wires, pool_over(wires, pace=pace) as pool:
        wires[0].triton.index_open.clear()
        wires[1].triton.versions["embedder"]["2"] = "READY"
        await until(lambda: "2" in pool.catalog.card("embedder").versions)
        await until(lambda: not pool.backends[0].up and pool.backends[1].up)
        wires[0].triton.index_open.set()
        await until(lambda: pool.backends[0].up)


async def test_a_backend_that_answers_calls_is_not_down_because_looks_are_late():
    """A busy machine answers late; an answered call is a sign of life, too."""
    pace = dataclasses.replace(QUICK, probe_timeout=1.0, misses=2)
    async with tritons(("embedder",)) as [wire], pool_over([wire], pace=pace) as pool:
        await until(lambda: pool.backends[0].up)
        wire.triton.index_open.clear()
        enough = wire.triton.looks + 4
        while wire.triton.looks < enough:
            assert (await pool.infer(EMBEDDER, TEXT)).tokens == 5
            assert pool.backends[0].up
            await asyncio.sleep(0.01)
        # Nobody calls any more, so there is no sign left.
        await until(lambda: not pool.backends[0].up)


async def test_the_catalog_follows_what_is_loaded_and_unloaded():
    """A model is asked for its configuration when its versions change, and not each time."""
    async with tritons(("embedder",)) as [wire], pool_over([wire]) as pool:
        triton = wire.triton
        with pytest.raises(errors.ModelNotFound):
            pool.catalog.resolve("llm", LLM)
        triton.configs["llm"] = config("llm")
        triton.versions["llm"] = {"1": "LOADING"}
        await until(lambda: any(card.name == "llm" for card in pool.catalog.cards()))
        assert not await pool.ready(LLM)
        with pytest.raises(errors.ModelNotReady):
            await anext(pool.stream(LLM, PROMPT))
        assert triton.asked["llm"] == 0
        triton.versions["llm"] = {"1": "READY"}
        await until(lambda: pool.catalog.card("llm").state == "ready")
        assert pool.catalog.resolve("llm", LLM) == LLM
        assert await pool.ready(LLM)
        del triton.versions["llm"]
        await until(lambda: all(card.name != "llm" for card in pool.catalog.cards()))
        assert triton.asked == {"embedder": 1, "llm": 1}


async def test_a_server_that_starts_late_is_taken_in():
    """The pool does not wait for it, and finds it."""
    async with tritons(("embedder",)) as [wire]:
        await wire.cut()
        async with pool_over([wire]) as pool:
            assert pool.catalog.resolve("embedder", EMBEDDER) == EMBEDDER
            with pytest.raises(errors.ServerUnreachable):
                await pool.infer(EMBEDDER, TEXT)
            await wire.mend()
            await until(lambda: pool.backends[0].up)
            assert (await pool.infer(EMBEDDER, TEXT)).tokens == 5


async def test_free_gpu_memory_is_read_from_the_metrics():
    """Polled; gone when the metrics are."""
    body = METRICS.encode()

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
        )
        writer.write(body)
        await writer.drain()
        writer.close()

    async with tritons(("embedder",)) as [wire]:
        metrics = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = metrics.sockets[0].getsockname()[1]

        class There:
            address = Address("127.0.0.1", wire.address.grpc_port, port)

        async with pool_over([There]) as pool:
            await until(lambda: pool.backends[0].free_gpu_memory == 18 << 30)
            metrics.close()
            await until(lambda: pool.backends[0].free_gpu_memory is None)


METRICS = f"""\
# HELP nv_gpu_memory_total_bytes GPU total memory, in bytes
# TYPE nv_gpu_memory_total_bytes gauge
nv_gpu_memory_total_bytes{{gpu_uuid="GPU-a"}} {float(24 << 30)}
nv_gpu_memory_total_bytes{{gpu_uuid="GPU-b"}} {float(8 << 30)}
# TYPE nv_gpu_memory_used_bytes gauge
nv_gpu_memory_used_bytes{{gpu_uuid="GPU-a"}} {float(10 << 30)}
nv_gpu_memory_used_bytes{{gpu_uuid="GPU-b"}} {float(4 << 30)}
nv_cpu_memory_used_bytes 1
"""


def test_all_gpus_are_summed_and_none_is_none():
    """A server on a CPU reports no GPU."""
    assert free_gpu_memory(METRICS) == 18 << 30
    assert free_gpu_memory('nv_inference_count{model="llm",version="1"} 3\n') is None
