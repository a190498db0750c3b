"""A refusal that comes too late for its client."""

import asyncio

import grpc
import pytest

from bridge.calls.refusing import Refusing
from tritone.errors import DeadlineExceeded

pytestmark = pytest.mark.unit


class Context:
    """A call's context, whose abort fails as a test says."""

    def __init__(self, failure):
        self._failure = failure

    async def abort(self, *_):
        raise self._failure


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (grpc.aio.AbortError("aborted"), grpc.aio.AbortError),
        (grpc.aio.InternalError("the call is over"), asyncio.CancelledError),
    ],
)
async def test_a_client_that_is_gone_is_no_defect(raised, seen):
    """A call that ended meanwhile counts as cancelled: gRPC would log a traceback."""
    with pytest.raises(seen):
        async with Refusing().around("/a/B", None, Context(raised)):
            raise DeadlineExceeded("too late")
