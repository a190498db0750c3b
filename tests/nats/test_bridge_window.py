"""What others see of the bridge: metrics, readiness, traces."""

import asyncio
import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bridge.jetstream import gauges
from bridge.window import Window
from tests.nats.bridge_kit import Models, bridge, chat, job, new_id, until
from tests.nats.reader_kit import reading
from tests.nats.test_bridge_failures import NOT_MSGPACK, count, letters
from tritone.errors import PortInUse

pytestmark = pytest.mark.nats
MESSAGE = "ai.chat.user.u1.message"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def window_of(opened, port=0):
    """As the bridge's process opens it."""
    reason, variable = (lambda: opened.reason), "TRITONE_BRIDGE__METRICS_PORT"
    return Window("127.0.0.1", port, opened.metrics.text, reason, variable)


async def get(port, path):
    """Status and body."""

    def fetch():
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return await asyncio.to_thread(fetch)


async def test_the_metrics_tell_what_happened(nc, js):
    """Streams, consumers, what was handled, failed and buried, and how long it took."""
    models = Models()
    async with bridge(nc, models) as opened:
        await js.publish(MESSAGE, chat(new_id()))
        await js.publish(MESSAGE, NOT_MSGPACK)
        await js.publish("ai.pipeline.embedding.request", job(new_id(), {"texts": "a"}))
        await letters(js)
        areas = ("chat", "pipeline")
        await until(lambda: [count(opened, "handled", area) for area in areas] == [1, 1])
        await until(lambda: count(opened, "dead_letters", "chat", "BODY_INVALID") == 1)
        await gauges.look(js, opened.metrics)
        with window_of(opened) as window:
            status, text = await get(window.port, "/metrics")
    assert status == 200
    lines = text.splitlines()
    for line in (
        'nats_stream_messages_total{stream="COMPANIONS_CHAT"} 2.0',
        'nats_stream_messages_total{stream="AI_DLQ"} 1.0',
        'nats_consumer_pending_messages{consumer="chat-handler",stream="COMPANIONS_CHAT"} 0.0',
        'nats_consumer_ack_pending{consumer="pipeline-handler",stream="AI_PIPELINE"} 0.0',
        'tritone_bridge_handled_total{area="chat"} 1.0',
        'tritone_bridge_handled_total{area="pipeline"} 1.0',
        'tritone_bridge_failed_total{area="chat",code="BODY_INVALID"} 1.0',
        'tritone_bridge_dead_letters_total{area="chat",code="BODY_INVALID"} 1.0',
        'tritone_bridge_handling_seconds_count{area="chat"} 2.0',
    ):
        assert line in lines, line


async def test_it_is_ready_while_it_takes_messages(nc, js):
    """200 while it is open, 503 with the reason before, while it stops, and after."""
    opening = bridge(nc, Models())
    async with opening as opened:
        with window_of(opened) as window:
            assert (await get(window.port, "/health/ready"))[0] == 200
            assert (await get(window.port, "/health/live"))[0] == 200
            assert (await get(window.port, "/nothing"))[0] == 404
            await opened.drain(0.0)
            assert await get(window.port, "/health/ready") == (503, "the bridge is being stopped\n")


async def test_a_taken_port_is_said_so(nc, js):
    """The error names the setting."""
    async with bridge(nc, Models()) as opened:
        with (
            window_of(opened) as window,
            pytest.raises(PortInUse, match="TRITONE_BRIDGE__METRICS_PORT"),
        ):
            window_of(opened, window.port)


@pytest.mark.parametrize("name", ["traceparent", "Traceparent"])
async def test_a_trace_goes_on_to_the_model_and_the_answers(nc, js, name):
    """The request's `traceparent`, however written, is that of the call and of the answers."""
    request_id, models = new_id(), Models()
    seen = []

    async def chunk(message):
        seen.append(message.headers["traceparent"])

    async with bridge(nc, models), reading(nc, request_id) as reader:
        await nc.subscribe(f"ai.chat.response.stream.{request_id}", cb=chunk)
        await js.publish(MESSAGE, chat(request_id), headers={name: PARENT})
        await reader.ended()
        await reader.whole()
    assert TRACE in models.headers[0]["traceparent"]
    assert TRACE in reader.headers[0]["traceparent"]
    assert seen
    assert all(TRACE in each for each in seen)


async def test_a_log_line_never_has_what_was_said(nc, js, capsys):
    """What a user writes appears in no log, answered or not."""
    async with bridge(nc, Models()):
        await js.publish(MESSAGE, chat(new_id(), message="swordfish", top_k="x"))
        await js.publish(MESSAGE, chat(new_id(), message="swordfish"))
        await letters(js)
    said = capsys.readouterr()
    assert "swordfish" not in said.out + said.err + json.dumps([])
