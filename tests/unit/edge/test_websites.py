"""Which web pages may call a door without keys."""

from typing import Any, cast

import pytest
from litestar.types import HTTPScope

from edge.middleware.websites import Websites
from tritone.errors import PermissionDenied
from tritone.settings import EdgeSettings

pytestmark = pytest.mark.unit

HERE = "127.0.0.1:8080"
PAGE = "https://page.example"


def asks(host: str = HERE, origin: str | None = None, **settings: Any) -> None:
    """A request by this name, of this page."""
    headers = [(b"host", host.encode())] if host else []
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    scope = cast(HTTPScope, {"type": "http", "headers": headers})
    Websites(EdgeSettings(**settings)).check(scope)


@pytest.mark.parametrize(
    "host", [HERE, "localhost:8080", "LOCALHOST", "[::1]:8080", "127.8.8.8", ""]
)
def test_programs_of_this_machine_may(host: str) -> None:
    """They send no origin."""
    asks(host)


@pytest.mark.parametrize("origin", [f"http://{HERE}", PAGE])
def test_pages_of_the_door_and_those_that_are_listed_may(origin: str) -> None:
    """The door's own UI, and others that its owner named."""
    asks(origin=origin, cors_origins=(PAGE,))


@pytest.mark.parametrize(
    "origin", [PAGE, "null", "", "http://127.0.0.1:3000", "https://[", "file://"]
)
@pytest.mark.parametrize("open_to_all", [True, False])
def test_other_pages_may_not(origin: str, open_to_all: bool) -> None:
    """Whatever a browser sends for them; the refusal says what would let them in."""
    with pytest.raises(PermissionDenied, match="CORS_ORIGINS"):
        asks(origin=origin, open_to_all=open_to_all)


def test_all_pages_may_where_that_is_said() -> None:
    """As for CORS."""
    asks(origin=PAGE, cors_origins=("*",))


@pytest.mark.parametrize("host", ["page.example", "page.example:8080", "10.0.0.7", "[", "[:8080"])
def test_a_name_that_leads_here_is_not_enough(host: str) -> None:
    """A page that has its own name lead to this machine is of one origin with the door."""
    with pytest.raises(PermissionDenied, match="this machine alone"):
        asks(host, f"http://{host}")


@pytest.mark.parametrize("edge", [EdgeSettings(open_to_all=True), EdgeSettings(host="192.168.1.9")])
def test_a_door_that_others_reach_may_have_any_name(edge: EdgeSettings) -> None:
    """Who opens it says so."""
    scope = {"headers": [(b"host", b"ai.example"), (b"origin", b"http://ai.example")]}
    Websites(edge).check(cast(HTTPScope, scope))
