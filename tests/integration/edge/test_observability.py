"""What an operator sees: logs without contents, metrics, and one trace from door to Triton."""

import asyncio
import base64
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any, Self

import httpx
import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.integration.conftest import ROOT, free_settings
from tests.integration.edge.conftest import open_door
from tritone.launcher.server import TritonServer

pytestmark = pytest.mark.triton

SECRET = "the password is swordfish"


async def test_request_ids_and_logs(door) -> None:
    """The caller's request id comes back and is in the log; what was said is not."""
    async with httpx.AsyncClient(base_url=door.url, timeout=60) as client:
        answer = await client.post(
            "/v1/embeddings",
            json={"model": "embedder", "input": SECRET},
            headers={"x-request-id": "join-me-7"},
        )
        own = await client.get("/v1/models")
    assert answer.headers["x-request-id"] == "join-me-7"
    assert len(own.headers["x-request-id"]) == 32
    for _ in range(100):
        mine = [each for each in door.logged("request") if each["request_id"] == "join-me-7"]
        if mine:
            break
        await asyncio.sleep(0.05)
    assert (mine[0]["route"], mine[0]["status"]) == ("/v1/embeddings", 200)
    assert not any("swordfish" in str(entry) for entry in door.entries)


async def test_metrics(door) -> None:
    """Times to the first token and between tokens, and errors by code, under route templates."""
    async with httpx.AsyncClient(base_url=door.url, timeout=60) as client:
        body = {
            "model": "llm",
            "max_tokens": 5,
            "stream": True,
            "messages": [{"role": "user", "content": "Count."}],
        }
        await client.post("/v1/chat/completions", json=body)
        await client.get("/v1/models/nothing-of-that-name")
        text = (await client.get("/metrics")).text
    route = 'route="/v1/chat/completions"'
    for name in ("time_to_first_token_seconds_count", "inter_token_seconds_count"):
        assert any(
            line.startswith(f"tritone_edge_{name}{{{route}}}") and float(line.split()[-1]) >= 1
            for line in text.splitlines()
        ), name
    assert 'code="MODEL_NOT_FOUND"' in text
    assert "nothing-of-that-name" not in text


class Collector:
    """An OTLP receiver over HTTP."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str, str]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                # OTLP over HTTP comes in both forms: Python's exporter sends protobuf, Triton JSON.
                if self.headers["content-type"].startswith("application/json"):
                    outer.spans += _spans(json.loads(body))
                else:
                    sent = ExportTraceServiceRequest()
                    sent.ParseFromString(body)
                    outer.spans += _spans(MessageToDict(sent), binary_ids=True)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def _spans(sent: dict[str, Any], *, binary_ids: bool = False) -> Iterator[tuple[str, str, str]]:
    """Service, name and trace id (hex) of each span."""
    for resource in sent["resourceSpans"]:
        attributes = {each["key"]: each["value"] for each in resource["resource"]["attributes"]}
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                trace = span["traceId"]
                trace = base64.b64decode(trace).hex() if binary_ids else trace.lower()
                yield attributes["service.name"]["stringValue"], span["name"], trace


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as started:
        yield started


async def test_one_trace_from_the_caller_to_triton(collector: Collector, tmp_path) -> None:
    """The caller's trace id is that of the door's span and of Triton's."""
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "embedder").symlink_to(ROOT / "model_repository" / "embedder")
    used = free_settings(repositories=(repository,), otlp_endpoint=collector.url)
    trace = "0af7651916cd43dd8448eb211c80319c"
    with TritonServer(used) as server:
        await asyncio.to_thread(server.wait_ready)
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        with open_door(used, **environment) as opened:
            async with httpx.AsyncClient(base_url=opened.url, timeout=60) as client:
                answer = await client.post(
                    "/v1/embeddings",
                    json={"model": "embedder", "input": "hello"},
                    headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"},
                )
            assert answer.status_code == 200
            wanted = {"tritone-edge", "tritone-triton"}
            for _ in range(200):
                if {service for service, _, found in collector.spans if found == trace} >= wanted:
                    break
                await asyncio.sleep(0.1)
    mine = [(service, name) for service, name, found in collector.spans if found == trace]
    assert {service for service, _ in mine} == wanted
    assert ("tritone-edge", "POST /v1/embeddings") in mine
