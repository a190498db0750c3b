"""The one table from Tritone's errors to HTTP: status, OpenAI's error type and code, and its JSON.

Shape: https://platform.openai.com/docs/guides/error-codes. A code is ours in lower case, except
for the few that clients know by OpenAI's name.
"""

import math
import re
from typing import Any, Final

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from tritone.errors import (
    BodyInvalid,
    Internal,
    Kind,
    NotFound,
    PayloadTooLarge,
    TritoneError,
    Unsupported,
)

__all__ = ["ErrorBody", "ErrorDetail", "body", "headers", "on_error", "responses", "status"]

log = structlog.get_logger("edge")

_KINDS: Final[dict[Kind, tuple[int, str]]] = {
    Kind.INVALID_ARGUMENT: (400, "invalid_request_error"),
    Kind.UNAUTHENTICATED: (401, "authentication_error"),
    Kind.PERMISSION_DENIED: (403, "permission_error"),
    Kind.NOT_FOUND: (404, "not_found_error"),
    Kind.RESOURCE_EXHAUSTED: (429, "rate_limit_error"),
    Kind.CANCELLED: (499, "cancelled"),
    Kind.INTERNAL: (500, "server_error"),
    Kind.FAILED_PRECONDITION: (503, "server_error"),
    Kind.UNAVAILABLE: (503, "server_error"),
    Kind.DEADLINE_EXCEEDED: (504, "server_error"),
}
_STATUS_OF_CODE: Final = {"PAYLOAD_TOO_LARGE": 413, "AUDIO_TOO_LONG": 413}
_KNOWN_AS: Final = {
    "UNAUTHENTICATED": "invalid_api_key",
    "PROMPT_TOO_LONG": "context_length_exceeded",
    "RATE_LIMITED": "rate_limit_exceeded",
}
_AT_LEAST_SECONDS: Final = 1
_WHOLE_BODY: Final = "data"
"""Litestar's name of it."""
_MISSING: Final = re.compile(r"missing required field `(\w+)`")


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong, in OpenAI's shape."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every answer that is an error."""

    error: ErrorDetail


def status(error: TritoneError) -> int:
    """The HTTP status that says it."""
    return _STATUS_OF_CODE.get(error.code, _KINDS[error.kind][0])


def body(error: TritoneError) -> ErrorBody:
    """The JSON that says it. What is our own defect is not explained to a client."""
    message = error.message
    if error.kind is Kind.INTERNAL:
        request_id = structlog.contextvars.get_contextvars().get("request_id", "unknown")
        message = f"the server failed; its log has the reason under request id {request_id}"
    return ErrorBody(
        error=ErrorDetail(
            message=message,
            type=_KINDS[error.kind][1],
            param=error.param,
            code=_KNOWN_AS.get(error.code, error.code.lower()),
        )
    )


def headers(error: TritoneError) -> dict[str, str]:
    """The headers that go with it: when to try again, or how to say who one is."""
    found = {}
    if error.retry_after is not None:
        found["retry-after"] = str(max(_AT_LEAST_SECONDS, math.ceil(error.retry_after)))
    elif error.kind in (Kind.RESOURCE_EXHAUSTED, Kind.UNAVAILABLE):
        found["retry-after"] = str(_AT_LEAST_SECONDS)
    if error.kind is Kind.UNAUTHENTICATED:
        found["www-authenticate"] = "Bearer"
    return found


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorBody]:
    """Answers whatever was raised: ours by the table, Litestar's by their status."""
    if isinstance(error, HTTPException) and error.status_code < 500:
        ours = _of_litestar(request, error)
        code, extra = error.status_code, dict(error.headers or {})
    elif isinstance(error, TritoneError):
        ours, code, extra = error, status(error), headers(error)
    elif isinstance(error, RecursionError):  # how msgspec says it, beside its own errors
        ours = BodyInvalid("the JSON is nested too deep")
        code, extra = status(ours), {}
    else:
        ours = Internal(str(error))
        code, extra = status(ours), {}
    if ours.kind is Kind.INTERNAL:
        log.error("request failed", exc_info=error)
    request.scope["state"]["error_code"] = ours.code
    return Response(body(ours), status_code=code, media_type=MediaType.JSON, headers=extra)


def _of_litestar(request: Request[Any, Any, Any], error: HTTPException) -> TritoneError:
    """What Litestar refuses (a path, a method, a body) in our words."""
    if error.status_code == 404:
        return NotFound(
            f"there is nothing at {request.url.path}: /openapi.json lists what there is"
        )
    if error.status_code == 405:
        return Unsupported(f"{request.url.path} does not take {request.method}")
    if error.status_code == 413:
        return PayloadTooLarge("the body is larger than this door takes")
    details = error.extra if isinstance(error.extra, list) else []
    for entry in details:
        if isinstance(entry, dict) and entry.get("message"):
            return _of_field(str(entry["message"]), str(entry.get("key", _WHOLE_BODY)))
    return BodyInvalid(error.detail or "the request cannot be read")


def _of_field(message: str, key: str) -> BodyInvalid:
    """A field that is not as it must be; a missing one is named in the message only."""
    if key != _WHOLE_BODY:
        return BodyInvalid(f"`{key}`: {message}", param=key)
    missing = _MISSING.search(message)
    return BodyInvalid(message, param=missing[1] if missing else None)


_DOCUMENTED: Final = {
    400: "The request is wrong; the message says how to mend it.",
    401: "No API key, or a wrong one.",
    403: "The key has no right to this.",
    404: "No such model.",
    413: "The body or the recording is too large.",
    429: "A limit is reached or the queue is full: try again after `Retry-After` seconds.",
    500: "A defect of the server.",
    503: "A model is not there at the moment: try again.",
    504: "The request's time ran out.",
}


def responses(*statuses: int) -> dict[int, ResponseSpec]:
    """The errors of a handler for the OpenAPI document; those that any handler has need no name."""
    always = {400, 401, 403, 404, 413, 429, 500, 503, 504}
    return {
        code: ResponseSpec(
            data_container=ErrorBody,
            description=_DOCUMENTED[code],
            generate_examples=False,
        )
        for code in sorted(always | set(statuses))
    }
