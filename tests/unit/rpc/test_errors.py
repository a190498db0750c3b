"""The door's one table of errors, and what a client is told of each."""

import grpc
import pytest
import structlog

from bridge.calls.errors import refusal, status
from tests.contract.test_protocol_doc import CLASSES
from tritone.errors import Internal, Kind, Overloaded, SetupError, TextEmpty, Unavailable, from_wire

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.code)
def test_every_error_has_a_status_and_its_code(cls):
    """None is left to gRPC's UNKNOWN, and the text says the code again to whoever reads it."""
    said = refusal(cls("why"))
    assert said.status not in (grpc.StatusCode.OK, grpc.StatusCode.UNKNOWN)
    assert said.text.startswith(f"{cls.code}: ")
    assert type(from_wire(said.text)).code == cls.code


def test_a_status_is_that_of_its_kind():
    """The kinds are named after gRPC's, but for what an installation lacks."""
    for kind in Kind:
        error = type("Some", (Internal,), {"kind": kind})("why")
        lacking = kind is Kind.FAILED_PRECONDITION
        assert status(error).name == ("UNAVAILABLE" if lacking else kind.name)
    assert status(SetupError("nothing here")) is grpc.StatusCode.UNAVAILABLE


def test_a_refusal_says_when_to_come_again():
    """In whole seconds, one at least; nothing where another try makes no sense."""
    assert ("retry-after", "3") in refusal(Overloaded("full", retry_after=2.1)).trailers
    assert ("retry-after", "1") in refusal(Overloaded("full", retry_after=0.1)).trailers
    assert ("retry-after", "1") in refusal(Unavailable("gone")).trailers
    assert refusal(TextEmpty("nothing")).trailers == ()


def test_a_defect_of_ours_is_not_explained():
    """Its text holds the request's id only, by which the log has the reason."""
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        said = refusal(Internal("the password is swordfish"))
    assert "swordfish" not in said.text
    assert "r-1" in said.text
    assert said.trailers == (("x-request-id", "r-1"),)
