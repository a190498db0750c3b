"""The table from errors to HTTP."""

import msgspec
import pytest
from litestar import Litestar, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody
from litestar.testing import TestClient

from edge import errors as table
from tritone import errors
from tritone.errors import (
    Internal,
    Kind,
    ModelNotFound,
    Overloaded,
    RateLimited,
    TritoneError,
    Unauthenticated,
)

pytestmark = pytest.mark.unit

EVERY = sorted(
    (found for name in errors.__all__ if isinstance(found := getattr(errors, name), type)),
    key=lambda found: found.__name__,
)
EVERY = [found for found in EVERY if issubclass(found, TritoneError)]


class Counted(msgspec.Struct):
    """A body with a field."""

    count: int


@pytest.fixture
def client() -> TestClient[Litestar]:
    """A door whose handlers only fail."""

    @get("/raise/{code:str}")
    async def fails(code: FromPath[str]) -> None:
        if code == "defect":
            raise ZeroDivisionError("secret detail")
        raise next(each for each in EVERY if each.code == code)("told", param="field")

    @post("/number")
    async def number(data: JSONBody[dict[str, int]]) -> None:
        pass

    @post("/counted")
    async def counted(data: JSONBody[Counted]) -> None:
        pass

    return TestClient(
        Litestar(
            [fails, number, counted],
            exception_handlers=dict.fromkeys(
                (TritoneError, HTTPException, Exception), table.on_error
            ),
            request_max_body_size=100,
        ),
        raise_server_exceptions=False,
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_status(kind: Kind) -> None:
    """No kind of error is left to chance."""
    error = next(each for each in EVERY if each.kind is kind)("why")
    assert 400 <= table.status(error) < 600


@pytest.mark.parametrize("error", EVERY, ids=lambda each: each.__name__)
def test_every_error_is_openais_shape(client: TestClient[Litestar], error) -> None:
    """Message, type, param and a stable code; and the status of the table."""
    answer = client.get(f"/raise/{error.code}")
    found = answer.json()["error"]
    assert answer.status_code == table.status(error(""))
    assert set(found) == {"message", "type", "param", "code"}
    assert found["param"] == "field"
    if error.kind is not Kind.INTERNAL:
        assert found["message"] == "told"


def test_codes_stay_apart() -> None:
    """Two errors never share a code at the door."""
    codes = [table.body(error("")).error.code for error in EVERY if error is not Internal]
    assert len(codes) == len(set(codes))


def test_names_that_clients_know() -> None:
    """SDKs look for OpenAI's own codes in a few cases."""
    assert table.body(Unauthenticated("")).error.code == "invalid_api_key"
    assert table.body(RateLimited("")).error.code == "rate_limit_exceeded"
    assert table.body(ModelNotFound("")).error.code == "model_not_found"


def test_a_defect_tells_nothing(client: TestClient[Litestar]) -> None:
    """A client sees neither the reason nor a stack trace."""
    answer = client.get("/raise/defect")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_when_to_try_again() -> None:
    """Whole seconds, rounded up, never none at all."""
    assert table.headers(Overloaded("", retry_after=2.1)) == {"retry-after": "3"}
    assert table.headers(Overloaded("", retry_after=0.01)) == {"retry-after": "1"}
    assert table.headers(Overloaded("")) == {"retry-after": "1"}
    assert table.headers(ModelNotFound("")) == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", b"", 404),
        ("DELETE", "/number", b"", 405),
        ("POST", "/number", b"{", 400),
        ("POST", "/number", b'{"a": "b"}', 400),
        ("POST", "/number", b"x" * 200, 413),
    ],
)
def test_what_litestar_refuses(
    client: TestClient[Litestar], method: str, path: str, body: bytes, status: int
) -> None:
    """Unknown paths, wrong methods and bad bodies have the same shape."""
    answer = client.request(method, path, content=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "param"),
    [(b'{"count": "two"}', "count"), (b"{}", "count"), (b"[]", None), (b"{", None)],
)
def test_the_field_at_fault_is_named(
    client: TestClient[Litestar], body: bytes, param: str | None
) -> None:
    """A wrong or missing field is `param`, as OpenAI has it."""
    error = client.post("/counted", content=body).json()["error"]
    assert error["param"] == param
    assert (param or "") in error["message"]
