"""What others see of calls: log lines, metrics, traces."""

import asyncio
from urllib.request import urlopen

import pytest
from opentelemetry import trace

from bridge.window import Window
from tests.rpc.rpc_kit import KITCHEN, logged, opened, refused, until
from tests.unit.usecases_house.house_kit import Thinker
from tritone.errors import EngineDied
from tritone.telemetry.propagation import outgoing_headers

pytestmark = pytest.mark.unit
METHOD = "/ai.v1.AIService/Query"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
SECRET = "my diary says that"


def calls(logs):
    """The lines of calls."""
    return [entry for entry in logs if entry["event"] == "call"]


async def test_a_call_is_one_line():
    """Method, duration, source and code, how it was understood, and what came of it."""
    async with opened() as door:
        with logged() as logs:
            answer = await door.query(KITCHEN, source="discord")
    (line,) = calls(logs)
    assert line.pop("seconds") > 0
    assert line == {
        "event": "call",
        "log_level": "info",
        "method": METHOD,
        "code": "OK",
        "source": "discord",
        "request_id": answer.request_id,
        "path": "template",
        "intent": "turn_on_light",
        "action_taken": True,
    }


async def test_a_refused_call_says_why():
    """The status and our own code, in the same line."""
    async with opened() as door:
        with logged() as logs:
            await refused(door.query("", source="alexa"))
            await until(lambda: calls(logs))  # a refusal is out before its line is
    (line,) = calls(logs)
    assert (line["code"], line["error"], line["source"]) == (
        "INVALID_ARGUMENT",
        "TEXT_EMPTY",
        "alexa",
    )
    assert "path" not in line


async def test_calls_that_end_early_are_told_apart():
    """A deadline that passed, and a client that left."""
    async with opened() as door:
        door.thinker.gate = asyncio.Event()
        with logged() as logs:
            await refused(door.query("Hi.", timeout=0.1))
            await until(lambda: len(calls(logs)) == 1)
            call = door.begin("Hi.")
            await until(lambda: door.thinker.open)
            call.cancel()
            await until(lambda: len(calls(logs)) == 2)
    assert [line["code"] for line in calls(logs)] == ["DEADLINE_EXCEEDED", "CANCELLED"]


async def test_what_people_say_is_not_logged():
    """Neither texts nor replies."""
    async with opened() as door:
        with logged() as logs:
            await door.query(f"{SECRET} nobody reads it")
            door.thinker.otherwise = EngineDied("gone")
            await refused(door.query(f"{SECRET} nobody reads it"))
            await refused(door.query(SECRET * 200))
            await until(lambda: len(calls(logs)) == 3)
    assert SECRET not in f"{logs}"
    assert "Nice to hear" not in f"{logs}"


def got(url):
    """What is read there."""
    with urlopen(url) as answer:
        return answer.read().decode()


async def test_metrics_count_and_time_calls_by_path():
    """Over HTTP, as Prometheus reads them; a source is never a label."""
    async with opened() as door:
        await door.query(KITCHEN, source="discord")
        await door.query("Tell me a joke.", source="discord")
        await refused(door.query(""))
        await until(lambda: not door.number("tritone_rpc_running"))
        metrics, variable = door.door.metrics.text, "TRITONE_RPC__METRICS_PORT"
        with Window("127.0.0.1", 0, metrics, str, variable) as window:
            text = await asyncio.to_thread(got, f"http://127.0.0.1:{window.port}/metrics")
    for line in (
        f'tritone_rpc_requests_total{{code="OK",method="{METHOD}"}} 2.0',
        f'tritone_rpc_requests_total{{code="INVALID_ARGUMENT",method="{METHOD}"}} 1.0',
        f'tritone_rpc_seconds_count{{method="{METHOD}",path="template"}} 1.0',
        f'tritone_rpc_seconds_count{{method="{METHOD}",path="model"}} 1.0',
        f'tritone_rpc_seconds_count{{method="{METHOD}",path="none"}} 1.0',
        'tritone_rpc_actions_total{intent="turn_on_light",verified="true"} 1.0',
        'tritone_rpc_lane_running{lane="model"} 0.0',
        "tritone_rpc_running 0.0",
    ):
        assert line in text.splitlines()
    assert "discord" not in text


class Tracing(Thinker):
    """Keeps the headers that a call of a model would carry."""

    headers: dict[str, str]

    async def stream(self, *args, **more):
        self.headers = outgoing_headers()
        async for answer in super().stream(*args, **more):
            yield answer


async def test_a_trace_goes_on_to_the_model():
    """The caller's `traceparent` is that of the model's call."""
    async with opened(thinker=Tracing()) as door:
        await door.query("Tell me a joke.", metadata=(("traceparent", PARENT),))
    assert door.thinker.headers["traceparent"].split("-")[1] == TRACE


async def test_a_call_is_a_span(monkeypatch):
    """Named as gRPC names it, with its code and how it was understood."""
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from bridge.rpc import observing

    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(observing, "tracer", provider.get_tracer("test"))
    async with opened() as door:
        await door.query(KITCHEN, metadata=(("traceparent", PARENT),))
        door.thinker.otherwise = EngineDied("gone")
        await refused(door.query("Hi."))
        await until(lambda: len(kept.get_finished_spans()) == 2)
    good, bad = kept.get_finished_spans()
    assert (good.name, good.kind) == (METHOD.removeprefix("/"), trace.SpanKind.SERVER)
    assert f"{good.context.trace_id:032x}" == TRACE
    assert good.attributes["rpc.grpc.status_code"] == 0
    assert good.attributes["tritone.path"] == "template"
    assert bad.attributes["rpc.grpc.status_code"] == 14
    assert (bad.attributes["error.type"], bad.status.status_code.name) == ("ENGINE_DIED", "ERROR")
    assert not bad.events
