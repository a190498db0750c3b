"""Whatever is raised below becomes a status; no client sees how it came about."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import grpc
import structlog

from bridge.calls.around import Around, Context, Unreadable
from bridge.calls.errors import Refusal, refusal
from tritone.errors import BodyInvalid, Internal, Kind, TritoneError

__all__ = ["Refusing"]

log = structlog.get_logger("rpc")


class Refusing(Around):
    """The innermost interceptor: those around it meet gRPC's own errors only."""

    @contextlib.asynccontextmanager
    async def around(self, method: str, request: Any, context: Context) -> AsyncIterator[None]:
        """Ends a call by the table of `bridge.calls.errors`, if it raises."""
        try:
            _check(method, request)
            yield
        except grpc.aio.AbortError:
            raise
        except Exception as error:
            ours = error if isinstance(error, TritoneError) else Internal(str(error))
            structlog.contextvars.bind_contextvars(error=ours.code, reason=ours.message)
            if ours.kind is Kind.INTERNAL:
                log.exception("call failed")
            await _refuse(context, refusal(ours))


async def _refuse(context: Context, said: Refusal) -> None:
    """Ends a call; raises AbortError, or CancelledError where nobody is there to be told."""
    try:
        await context.abort(said.status, said.text, said.trailers)
    except grpc.aio.AbortError:
        raise
    except grpc.aio.BaseError:
        # The client's deadline, or its leaving, came between: gRPC would log that as our defect.
        raise asyncio.CancelledError from None


def _check(method: str, request: Any) -> None:
    """Raises BodyInvalid: the request is none."""
    if isinstance(request, Unreadable):
        raise BodyInvalid(f"the bytes are no message of {method}: {request.reason}")
