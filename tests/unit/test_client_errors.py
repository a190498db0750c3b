"""What a server or a connection says becomes the error that tells a caller what to do."""

import asyncio
import contextlib

import pytest
from tritonclient.utils import InferenceServerException

from tests.unit.routing_kit import BAD_INPUT, QUEUE_FULL, STUB_DEAD, Refusal, grpc, tritons
from tritone import errors
from tritone.client import Client
from tritone.contract import EMBEDDER, LLM, EmbedRequest, LlmRequest
from tritone.errors import TritoneError
from tritone.kserve import as_tritone_error

pytestmark = pytest.mark.unit

TEXT = EmbedRequest(text="hello")
PROMPT = LlmRequest(text_input="hello", stream=True)


def mapped(status: str | None, text: str) -> TritoneError:
    code = f"StatusCode.{status}" if status else None
    return as_tritone_error(InferenceServerException(msg=text, status=code), "there:8001")


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        ("UNAVAILABLE", "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1:"
         " Failed to connect to remote host: connect: Connection refused (111)",
         "SERVER_UNREACHABLE"),
        ("UNAVAILABLE", "DNS resolution failed for nowhere:8001", "SERVER_UNREACHABLE"),
        ("UNAVAILABLE", "Socket closed", "SERVER_UNREACHABLE"),
        ("UNAVAILABLE", "recvmsg:Connection reset by peer", "SERVER_UNREACHABLE"),
        ("UNAVAILABLE", "Connection reset", "SERVER_UNREACHABLE"),
        ("UNAVAILABLE", "GOAWAY received; Error code: 11; Debug Text: ping_timeout",
         "SERVER_UNREACHABLE"),
        ("UNAVAILABLE", "keepalive watchdog timeout", "SERVER_UNREACHABLE"),
        ("UNAVAILABLE", "Broken pipe", "SERVER_UNREACHABLE"),
        ("UNKNOWN", "Stream removed", "SERVER_UNREACHABLE"),
        ("INTERNAL", "Received RST_STREAM with error code 2", "SERVER_UNREACHABLE"),
        ("CANCELLED", "Received RST_STREAM with error code 8", "SERVER_UNREACHABLE"),
        ("INTERNAL", "Internal error from Core", "SERVER_UNREACHABLE"),
        ("CANCELLED", "Locally cancelled by application!", "CANCELLED"),
        ("CANCELLED", "", "CANCELLED"),
        ("UNAVAILABLE", "something nobody has seen yet", "UNAVAILABLE"),
        ("UNAVAILABLE", "", "UNAVAILABLE"),
        ("UNAVAILABLE", "Exceeds maximum queue size", "OVERLOADED"),
        ("UNAVAILABLE", "Server not ready", "DRAINING"),
        (None, "Server is stopping, scheduler for model 'llm' has stopped accepting new "
         "inference requests", "DRAINING"),
        ("UNAVAILABLE", "Request for unknown model: 'llm' has no available versions",
         "MODEL_NOT_READY"),
        ("NOT_FOUND", "Request for unknown model: 'x' is not found", "MODEL_NOT_FOUND"),
        ("NOT_FOUND", "Request for unknown model: 'llm' version 7 is not found",
         "MODEL_NOT_FOUND"),
        (None, "Request for unknown model: 'llm' version 7 is not found", "MODEL_NOT_FOUND"),
        ("INVALID_ARGUMENT", "failed to get model version from specified version string 'x' "
         "(details: stol), version should be an integral value > 0", "MODEL_NOT_FOUND"),
        ("UNAUTHENTICATED", "no token", "INTERNAL"),
        ("PERMISSION_DENIED", "no", "INTERNAL"),
        ("DEADLINE_EXCEEDED", "Deadline Exceeded", "DEADLINE_EXCEEDED"),
        ("INTERNAL", "ENGINE_DIED: the process of 'llm' died", "ENGINE_DIED"),
        ("UNAVAILABLE", "TEXT_EMPTY: Socket closed", "TEXT_EMPTY"),
        (None, "INTERNAL: Socket closed, says a model", "INTERNAL"),
    ],
)  # fmt: skip
def test_what_grpc_and_triton_say_has_a_code_of_ours(status, text, code):
    """A broken connection is told from a missing one, a full queue, and an unknown version."""
    assert mapped(status, text).code == code


def test_no_server_and_a_broken_connection_are_told_apart():
    """The first says how to start one, the second says to try again; both say where."""
    assert "tritone up" in mapped("UNAVAILABLE", "failed to connect to all addresses").message
    broken = mapped("UNAVAILABLE", "Socket closed").message
    assert "broke" in broken
    assert "there:8001" in broken


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (STUB_DEAD, errors.EngineDied),
        (QUEUE_FULL, errors.Overloaded),
        (BAD_INPUT, errors.TextEmpty),
        (Refusal(grpc.StatusCode.UNAVAILABLE, "so what"), errors.Unavailable),
    ],
)
async def test_a_refused_call_raises_its_own_class(refusal, error):
    """Over a real channel, where texts come with gRPC's own prefix."""
    async with tritons(("embedder",)) as [wire], Client(wire.address.grpc) as client:
        wire.triton.refusals["embedder"] = refusal
        with pytest.raises(error):
            await client.infer(EMBEDDER, TEXT)


async def test_a_connection_that_breaks_under_a_call_is_unreachable():
    """Reset while an answer is awaited, and in mid-stream."""
    async with tritons(("embedder", "llm")) as [wire], Client(wire.address.grpc) as client:
        wire.triton.gate.clear()
        async with contextlib.aclosing(client.stream(LLM, PROMPT)) as responses:
            assert (await anext(responses)).text_output == "0 "
            await wire.cut()
            with pytest.raises(errors.ServerUnreachable, match="broke"):
                await anext(responses)
        with pytest.raises(errors.ServerUnreachable):
            await client.infer(EMBEDDER, TEXT)


async def test_a_server_that_comes_back_is_found_again():
    """The channel goes on trying; nobody has to make another client."""
    async with tritons(("embedder",)) as [wire], Client(wire.address.grpc) as client:
        await wire.cut()
        with pytest.raises(errors.ServerUnreachable):
            await client.infer(EMBEDDER, TEXT)
        await wire.mend()
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(errors.ServerUnreachable):
                    assert (await client.infer(EMBEDDER, TEXT)).tokens == 5
                    return
                await asyncio.sleep(0.02)


async def test_a_deadline_that_passes_while_the_request_is_sent_is_a_deadline():
    """Whether gRPC notices it before, in, or after writing the request."""
    big = LlmRequest(text_input="x" * 1_000_000)
    async with tritons(("llm",)) as [wire], Client(wire.address.grpc) as client:
        await client.index(seconds=30)  # connected
        wire.triton.gate.clear()
        for place in range(60):
            with pytest.raises(errors.DeadlineExceeded):
                async for _ in client.stream(LLM, big, timeout=1e-6 + place * 1e-4):
                    pass


async def test_a_silent_stream_is_given_up():
    """Triton does not end the stream of a killed process, so the client does."""
    async with tritons(("llm",)) as [wire]:
        wire.triton.gate.clear()
        async with Client(wire.address.grpc, idle_timeout=0.2) as client:
            with pytest.raises(errors.EngineDied, match="sent nothing"):
                async for _ in client.stream(LLM, PROMPT):
                    pass
