"""AIService as a process: signals, and starts that fail."""

import asyncio
import os
import signal
import socket
import subprocess
import sys

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.rpc.process_kit import process
from tests.rpc.rpc_kit import KITCHEN, refused, services
from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc

pytestmark = pytest.mark.unit
STATUS = health_pb2.HealthCheckResponse


def query(channel, text, **more):
    """A call that is under way."""
    stub = ai_pb2_grpc.AIServiceStub(channel)
    return asyncio.ensure_future(stub.Query(ai_pb2.QueryRequest(text=text, source="t"), **more))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_running_queries_finish(number):
    """What was begun is answered, what watches hears it, new calls are refused, the exit is 0."""
    with process(SLOW="1.5") as one:
        async with grpc.aio.insecure_channel(one.address) as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
            assert (await watch.read()).status == STATUS.SERVING
            running = query(channel, "Tell me a joke.")
            await asyncio.sleep(0.5)
            one.tell(number)
            assert (await watch.read()).status == STATUS.NOT_SERVING
            late = await refused(query(channel, KITCHEN))
            assert "DRAINING" in late.details()
            answer = await running
        code, log = await asyncio.to_thread(one.ended)
    assert (code, answer.reply) == (0, "Nice to hear from you.")
    assert late.code() is grpc.StatusCode.UNAVAILABLE
    texts = [entry["text"] for entry in log]
    assert texts.index("serving") < texts.index("draining") < texts.index("call")
    assert not any("Traceback" in text for text in texts)


async def test_what_takes_too_long_is_cut_off():
    """After the time of the settings a query that still runs is cancelled, and the exit is 0."""
    with process(SLOW="300", TRITONE_RPC__DRAIN_SECONDS="0.3") as one:
        async with grpc.aio.insecure_channel(one.address) as channel:
            running = query(channel, "Tell me a joke.")
            await asyncio.sleep(0.5)
            one.tell(signal.SIGTERM)
            error = await refused(running)
        code, log = await asyncio.to_thread(one.ended)
    assert (code, error.code()) == (0, grpc.StatusCode.UNAVAILABLE)
    (call,) = [entry for entry in log if entry["text"] == "call"]
    assert call["code"] == "CANCELLED"


@pytest.mark.parametrize(("level", "described"), [("DEBUG", True), ("info", False)])
async def test_without_a_model_and_a_home_it_still_answers(level, described):
    """The real program: healthy, the model's absence is UNAVAILABLE, all of the log is JSON, and
    it describes itself at LOG_LEVEL=debug only.
    """
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        given = {"TRITONE_BACKENDS": f"127.0.0.1:{port}/{port}", "LOG_LEVEL": level}
        with process("bridge.rpc", **given) as one:
            async with grpc.aio.insecure_channel(one.address) as channel:
                health = health_pb2_grpc.HealthStub(channel)
                served = await health.Check(health_pb2.HealthCheckRequest())
                error = await refused(query(channel, "Tell me a joke."))
                empty = await refused(query(channel, ""))
                if described:
                    assert "ai.v1.AIService" in await services(channel)
                else:
                    missing = await refused(services(channel))
                    assert missing.code() is grpc.StatusCode.UNIMPLEMENTED
            one.tell(signal.SIGTERM)
            code, log = await asyncio.to_thread(one.ended)
    assert (code, served.status) == (0, STATUS.SERVING)
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert empty.code() is grpc.StatusCode.INVALID_ARGUMENT
    queries = [entry for entry in log if entry.get("source") == "t" and entry["text"] == "call"]
    assert [entry["code"] for entry in queries] == ["UNAVAILABLE", "INVALID_ARGUMENT"]
    assert all("time" in entry for entry in log)


def failed(*arguments, **environment):
    """The last line of the real program, which must not start."""
    ended = subprocess.run(
        [sys.executable, "-m", "bridge.rpc", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    return ended.stderr.splitlines()[-1]


def test_a_port_that_is_taken_is_told():
    """One line with the code and the variable."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        address = f"127.0.0.1:{holder.getsockname()[1]}"
        line = failed(GRPC_LISTEN_ADDR=address, TRITONE_RPC__METRICS_PORT="0")
    assert line.startswith(f"error PORT_IN_USE: {address} ")
    assert "GRPC_LISTEN_ADDR" in line


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GRPC_LISTEN_ADDR", "nowhere"),
        ("LOG_LEVEL", "loud"),
        ("TRITONE_RPC__QUERY_SECONDS", "0"),
        ("TRITONE_RPC__TLS_KEY_FILE", "/nowhere/key.pem"),
        ("HA_GATEWAY_ADDR", "127.0.0.1:1"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(variable, value):
    """One line, before anything listens."""
    assert failed(**{variable: value}).startswith("error SETUP_ERROR: ")


def test_a_self_test_without_a_home_says_what_to_set():
    """It exits with 1, and the fix."""
    line = failed("--self-test")
    assert line.startswith("error HOUSE_UNREACHABLE: ")
    assert "HA_GATEWAY_ADDR" in line


async def test_a_second_interrupt_ends_it_at_once():
    """Whoever presses Ctrl-C again does not wait for the time to drain."""
    with process(SLOW="300", TRITONE_RPC__DRAIN_SECONDS="300") as one:
        async with grpc.aio.insecure_channel(one.address) as channel:
            running = query(channel, "Tell me a joke.")
            await asyncio.sleep(0.5)
            one.tell(signal.SIGINT)
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
            assert (await watch.read()).status == STATUS.NOT_SERVING
            one.tell(signal.SIGINT)
            await refused(running)
        code, log = await asyncio.to_thread(one.ended)
    assert code == 1
    assert not any("Traceback" in entry["text"] for entry in log)
