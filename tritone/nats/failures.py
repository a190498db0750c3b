"""What the NATS client raises, as errors of Tritone's tree: mapped in this one place."""

import re
from typing import Final

import nats.errors
import nats.js.errors

from tritone.errors import (
    Internal,
    NotFound,
    PayloadTooLarge,
    ServerUnreachable,
    SetupError,
    Superseded,
    TritoneError,
    Unavailable,
)

__all__ = ["NO_MESSAGE", "WRONG_LAST_SEQUENCE", "as_tritone_error"]

NO_MESSAGE: Final = 10037
"""There is no message of that sequence or subject."""
WRONG_LAST_SEQUENCE: Final = 10071
"""A publish expected another last message of its subject."""

_Row = tuple[tuple[type[Exception], ...], type[TritoneError], str]

# https://github.com/nats-io/nats-server/blob/main/server/errors.json
_CODES: Final[dict[int, tuple[type[TritoneError], str]]] = {
    NO_MESSAGE: (NotFound, "the stream has no such message"),
    WRONG_LAST_SEQUENCE: (Superseded, "somebody else has written this answer on"),
}
_CREDENTIALS: Final = (
    "the NATS server does not take the credentials: set TRITONE_NATS__CREDS_FILE, or put "
    "user:password@ into TRITONE_NATS_URL"
)
_REFUSED: Final = re.compile("authoriz|authentic", re.IGNORECASE)
_KINDS: Final[tuple[_Row, ...]] = (
    (
        (nats.errors.MaxPayloadError,),
        PayloadTooLarge,
        "the message is larger than the NATS server's max_payload",
    ),
    (
        (nats.errors.AuthorizationError, nats.errors.InvalidUserCredentialsError),
        SetupError,
        _CREDENTIALS,
    ),
    (
        (nats.js.errors.NoStreamResponseError, nats.errors.NoRespondersError),
        Unavailable,
        "no stream takes the message, or the server has no JetStream: `tritone nats apply` makes "
        "the streams",
    ),
    ((nats.js.errors.ServiceUnavailableError,), Unavailable, "JetStream is not ready"),
    # Before OSError, which a TimeoutError is.
    ((TimeoutError,), Unavailable, "the NATS server did not answer in time"),
    (
        (
            OSError,
            nats.errors.ConnectionClosedError,
            nats.errors.ConnectionDrainingError,
            nats.errors.ConnectionReconnectingError,
            nats.errors.NoServersError,
            nats.errors.OutboundBufferLimitError,
            nats.errors.StaleConnectionError,
        ),
        ServerUnreachable,
        "the connection to the NATS server is lost",
    ),
)


def as_tritone_error(error: Exception) -> TritoneError:
    """The error that one of the client's stands for.

    What JetStream refuses for reasons of its own is `Unavailable`, in its words, since a stream
    that is missing or full can be mended; anything unknown is `Internal`.
    """
    if isinstance(error, TritoneError):
        return error
    if isinstance(error, nats.js.errors.APIError) and error.err_code in _CODES:
        kind, text = _CODES[error.err_code]
        return kind(text)
    for types, kind, text in _KINDS:
        if isinstance(error, types):
            return kind(text)
    if type(error) is nats.errors.Error and _REFUSED.search(str(error)):
        return SetupError(_CREDENTIALS)  # while connecting the client has no kind for it
    if isinstance(error, nats.js.errors.APIError):
        return Unavailable(f"JetStream refuses: {error.description} ({error.err_code})")
    return Internal(f"{type(error).__name__}: {error}")
