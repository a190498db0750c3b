"""What a request's headers say of its caller: the key, and how long an answer is of use."""

import math
from collections.abc import Iterable
from typing import Final

from litestar.types import HTTPScope

from tritone.access.keys import ANONYMOUS, Key
from tritone.access.store import KeyStore
from tritone.errors import ParameterOutOfRange, PermissionDenied, Unauthenticated

__all__ = ["authenticated", "deadline", "identity"]

_TIMEOUT: Final = b"x-request-timeout"
# OpenAI's clients tell how long they wait for bytes (Python) or for the answer (JavaScript).
_CLIENTS_OWN: Final = (b"x-stainless-read-timeout", b"x-stainless-timeout")


def authenticated(scope: HTTPScope, keys: KeyStore | None, needed: str) -> Key:
    """The caller's key; without a store of keys everybody is anonymous.

    Args:
        scope: of the request.
        keys: those that are in force.
        needed: the scope that a key must have.

    Raises:
        Unauthenticated: no key, or a wrong one.
        PermissionDenied: a good key, for something else.
    """
    if keys is None:
        return ANONYMOUS
    kind, _, text = _header(scope["headers"], b"authorization").partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise Unauthenticated("this server wants an API key: send `Authorization: Bearer tt-...`")
    key = keys.find(text.strip())
    if not key.allows(needed):
        raise PermissionDenied(
            f"the key '{key.name}' is good for {', '.join(key.scopes)}, not for {needed}: "
            "ask for one with that scope"
        )
    return key


def identity(scope: HTTPScope, key: Key) -> str:
    """Whom the queue takes for one caller: a key, or an address where nobody has a key."""
    if key is not ANONYMOUS:
        return key.id
    client = scope["client"]
    return f"address {client[0]}" if client else ANONYMOUS.id


def deadline(scope: HTTPScope) -> float | None:
    """Seconds after which the caller has no use for the beginning of an answer; None: unknown.

    Raises:
        ParameterOutOfRange: `X-Request-Timeout` is no number of seconds.
    """
    found = []
    if text := _header(scope["headers"], _TIMEOUT):
        seconds = _seconds(text)
        if seconds is None:
            raise ParameterOutOfRange(
                "X-Request-Timeout must be a number of seconds above 0", param="X-Request-Timeout"
            )
        found.append(seconds)
    for name in _CLIENTS_OWN:
        seconds = _seconds(_header(scope["headers"], name))
        if seconds is not None:
            found.append(seconds)
    return min(found, default=None)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == wanted), "")
