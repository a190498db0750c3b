"""schemathesis over the door's own OpenAPI document: no 5xx, and every answer as documented.

Every operation gets requests that fit its schema and requests that do not, made from a fixed seed.
Most made-up model names are replaced by real ones, so that not every answer is a 404, and answers
are kept to a few tokens.
"""

import io
import re
import wave
from collections.abc import Callable
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.e2e.doors import RunningDoor
from tests.e2e.refusals import FORM_PATHS, JSON_PATHS

pytestmark = [pytest.mark.triton, pytest.mark.timeout(900)]

EXAMPLES = 40
"""Requests for each operation."""
MOST_TOKENS = 3
MOST_CHARS = 30
"""To be spoken."""
MENDINGS = 12
"""How often a request is mended as its error says: what fits a schema may still ask for what this
server has not."""
CHECKS: list[Callable[..., Any]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
"""All but those that ask that whatever fits the schema be accepted: a schema cannot say that a file
has to be a recording, or that a tool that is chosen has to be among the tools."""


def recording(seconds: float) -> bytes:
    """Silence as WAV."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * int(16_000 * seconds)))
    return data.getvalue()


SPOKEN: dict[str, Any] = {"model": "stt", "file": recording(0.5)}
GOOD: dict[str, dict[str, Any]] = {**JSON_PATHS, **dict.fromkeys(FORM_PATHS, SPOKEN)}
"""A request that is answered, for each path that takes one."""

schemathesis.openapi.format(
    "binary", st.one_of(st.binary(max_size=200), st.sampled_from([recording(0), recording(0.5)]))
)


@pytest.fixture(scope="module")
def described(open_door: RunningDoor) -> Any:
    """The door's document."""
    return schemathesis.openapi.from_url(f"{open_door.url}/openapi.json")


def tame(case: schemathesis.Case) -> None:
    """Asks for a real model mostly, and for little. What is wrong about a request stays wrong."""
    body, good = case.body, GOOD.get(case.path)
    if "model" in (case.path_parameters or {}) and len(case.path_parameters["model"]) % 2:
        case.path_parameters["model"] = "chat"
    if good is None or not isinstance(body, dict):
        return
    name = body.get("model")
    if isinstance(name, str) and len(name) % 4 != 3:
        body["model"] = good["model"]
    if case.path == "/v1/audio/speech" and isinstance(body.get("input"), str):
        body["input"] = body["input"][:MOST_CHARS]
    if "max_tokens" in good:
        for field in ("max_tokens", "max_completion_tokens"):
            if type(body.get(field)) is int and body[field] > MOST_TOKENS:
                body[field] = MOST_TOKENS
        body.setdefault("max_tokens", MOST_TOKENS)


def mend(case: schemathesis.Case, response: Any) -> bool:
    """Whether the field that an error names could be replaced or left out, to try again."""
    if response.status_code != 400 or not isinstance(case.body, dict):
        return False
    field = re.split(r"\W", response.json()["error"]["param"] or "")[0]
    good = GOOD[case.path]
    if case.body.get(field) == good.get(field):
        return False
    case.body.pop(field, None)
    if field in good:
        case.body[field] = good[field]
    return True


NEVER_WRONG = ["/v1/models", "/v1/models/{model}", "/health/live", "/health/ready", "/metrics"]
"""Nothing is sent there, or any text will do."""
RUNS = [
    *(("POST", path, mode) for path in GOOD for mode in GenerationMode),
    *(("GET", path, GenerationMode.POSITIVE) for path in NEVER_WRONG),
]


def test_every_operation_is_tried(described: Any) -> None:
    """What the document has and this module does not would go untested."""
    found = [result.ok() for result in described.get_all_operations()]
    assert {(each.method.upper(), each.path) for each in found} == {run[:2] for run in RUNS}


@pytest.mark.parametrize(("method", "path", "mode"), RUNS)
def test_an_operation_keeps_to_the_document(
    described: Any, method: str, path: str, mode: GenerationMode
) -> None:
    """Whatever is sent, the answer is documented, and never the server's fault."""
    operation = described[path][method]

    statuses = set()

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def answered(case: schemathesis.Case) -> None:
        tame(case)
        for _ in range(MENDINGS):
            response = case.call_and_validate(checks=CHECKS, timeout=60)
            statuses.add(response.status_code)
            if mode is GenerationMode.NEGATIVE or not mend(case, response):
                break

    answered()
    assert (200 if mode is GenerationMode.POSITIVE else 400) in statuses
