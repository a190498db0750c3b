"""API keys: what one may do, and how its text is made and checked.

A key's text is ``tt-ID-SECRET``. The id is public: it finds the key and names it in logs. The
secret is 32 random bytes, and only its SHA-256 is kept. A slow password hash (argon2, bcrypt) makes
guesses expensive, which protects words that people choose; nobody guesses one of 2^256 secrets, so
here it would only cost every request a tenth of a second.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, get_args

import msgspec

__all__ = ["ANONYMOUS", "SCOPES", "Key", "Scope", "create", "split"]

Scope = Literal["all", "chat", "transcription", "speech", "embedding", "models"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)

_ID_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_TEXT: Final = re.compile(r"tt-([0-9a-f]{12})-([A-Za-z0-9_-]{43})")

_Limit = Annotated[int, msgspec.Meta(ge=1)]


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key as it is kept: everything but its secret.

    Attributes:
        id: twelve hexadecimal digits; public.
        name: whose it is, for people.
        sha256: of the secret, in hexadecimal digits.
        scopes: what it is good for; ``all`` is everything.
        requests_per_minute: most requests within any 60 seconds; None: any number.
        concurrency: most requests at once, waiting ones included; None: any number.
        created: when, in UTC.
        expires: from when on it is refused; None: never.
    """

    id: str
    name: str
    sha256: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")]
    scopes: tuple[Scope, ...]
    requests_per_minute: _Limit | None = None
    concurrency: _Limit | None = None
    created: Annotated[datetime, msgspec.Meta(tz=True)]
    expires: Annotated[datetime, msgspec.Meta(tz=True)] | None = None

    def allows(self, scope: str) -> bool:
        """Whether the key is good for this."""
        return "all" in self.scopes or scope in self.scopes

    def matches(self, secret: str) -> bool:
        """Whether this is its secret, in a time that does not tell how much of it is right."""
        return hmac.compare_digest(_digest(secret), self.sha256)

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires is not None and now >= self.expires


ANONYMOUS: Final = Key(
    id="anonymous",
    name="anonymous",
    sha256="",
    scopes=("all",),
    created=datetime(1970, 1, 1, tzinfo=UTC),
)
"""Whoever calls a door that asks for no key. No secret matches it."""


def create(
    name: str,
    scopes: Iterable[Scope] = ("all",),
    *,
    requests_per_minute: int | None = None,
    concurrency: int | None = None,
    expires: datetime | None = None,
) -> tuple[Key, str]:
    """A new key, and its text, which can never be told again."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    key = Key(
        id=secrets.token_hex(_ID_BYTES),
        name=name,
        sha256=_digest(secret),
        scopes=tuple(dict.fromkeys(scopes)),
        requests_per_minute=requests_per_minute,
        concurrency=concurrency,
        created=datetime.now(UTC).replace(microsecond=0),
        expires=expires,
    )
    return key, f"tt-{key.id}-{secret}"


def split(text: str) -> tuple[str, str] | None:
    """The id and the secret of a key's text; None: this is no such text."""
    found = _TEXT.fullmatch(text)
    return (found[1], found[2]) if found else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
