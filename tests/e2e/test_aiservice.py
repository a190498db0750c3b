"""AIService before a real Triton: its language model, and a home in memory."""

import asyncio
import statistics
import time
from collections.abc import Iterator

import grpc
import pytest

from tests.rpc.process_kit import Process, process
from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc
from tritone.settings import Settings

pytestmark = [pytest.mark.triton, pytest.mark.timeout(600)]

ROOMS = ("kitchen", "living room", "bedroom", "hallway")
SECONDS = 300


@pytest.fixture(scope="module")
def service(triton: Settings) -> Iterator[Process]:
    """One whose queries may take as long as a slow machine needs."""
    backend = f"{triton.grpc_url}/{triton.metrics_port}"
    patience = {f"TRITONE_RPC__{name}_SECONDS": str(SECONDS) for name in ("QUERY", "QUEUE")}
    with process(TRITONE_BACKENDS=backend, **patience) as one:
        yield one


async def ask(stub: ai_pb2_grpc.AIServiceStub, text: str) -> tuple[ai_pb2.QueryResponse, float]:
    """An answer, and the seconds until it came."""
    began = time.perf_counter()
    request = ai_pb2.QueryRequest(text=text, source="test")
    answer = await stub.Query(request, timeout=SECONDS)
    return answer, time.perf_counter() - began


async def test_talk_is_answered_by_the_model_and_moves_nothing(service: Process) -> None:
    """There is a reply, and no action."""
    async with grpc.aio.insecure_channel(service.address) as channel:
        answer, _ = await ask(ai_pb2_grpc.AIServiceStub(channel), "What is the capital of France?")
    assert answer.path == ai_pb2.PATH_MODEL
    assert answer.reply
    assert not answer.action_taken


async def test_sixty_four_at_once_do_not_starve_each_other(service: Process) -> None:
    """Commands and talk in a mix: all are answered, and the commands long before the talk."""
    texts = [f"Turn on the {ROOMS[number % 4]} light." for number in range(32)]
    talk = [f"I have been thinking about {number} sheep all day." for number in range(32)]
    async with grpc.aio.insecure_channel(service.address) as channel:
        stub = ai_pb2_grpc.AIServiceStub(channel)
        both = [one for pair in zip(texts, talk, strict=True) for one in pair]
        taken = await asyncio.gather(*(ask(stub, text) for text in both))
    commands, talked = taken[::2], taken[1::2]
    assert all(answer.path == ai_pb2.PATH_TEMPLATE for answer, _ in commands)
    assert all(answer.action_taken for answer, _ in commands)
    assert all(answer.path == ai_pb2.PATH_MODEL and answer.reply for answer, _ in talked)
    quick, slow = (statistics.median(seconds for _, seconds in some) for some in (commands, talked))
    assert quick < slow / 2
