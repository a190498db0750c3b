"""What the NATS client raises becomes an error of the tree, every one of them."""

import inspect

import nats.errors
import nats.js.errors
import pytest

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
from tritone.nats.failures import as_tritone_error

pytestmark = pytest.mark.unit

OURS = {
    "BadHeaderError",
    "BadObjectMetaError",
    "BadSubjectError",
    "BadSubscriptionError",
    "BadTimeoutError",
    "ConsumerSequenceMismatchError",
    "DigestMismatchError",
    "Error",
    "InvalidBucketNameError",
    "InvalidCallbackTypeError",
    "InvalidKeyError",
    "InvalidObjectNameError",
    "JsonParseError",
    "KeyValueLimitMarkerTTLNotSupportedError",
    "LinkIsABucketError",
    "MsgAlreadyAckdError",
    "NotJSMessageError",
    "ObjectAlreadyExists",
    "ProtocolError",
    "SecureConnFailedError",
    "SecureConnRequiredError",
    "SecureConnWantedError",
    "ServerNotInPoolError",
    "SlowConsumerError",
    "TooManyStalledMsgsError",
}
"""What only a defect of ours, or a server that speaks something else, brings about."""


def kinds() -> list[type[Exception]]:
    """Every exception that the client defines."""
    found = {
        kind
        for module in (nats.errors, nats.js.errors)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == module.__name__
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


class Anything(str):
    """An argument that has whatever is asked of it."""

    __slots__ = ()

    def __getattr__(self, _name: str) -> str:
        return "x"


def made(kind: type[Exception]) -> Exception:
    """One of a kind, with as many arguments as it wants."""
    if kind is nats.js.errors.ConsumerSequenceMismatchError:
        return kind(1, 2, 1)
    own = inspect.isfunction(kind.__init__)
    parameters = inspect.signature(kind.__init__).parameters.values() if own else ()
    wanted = [
        one
        for one in list(parameters)[1:]
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    error = kind(**{one.name: Anything("x") for one in wanted})
    if isinstance(error, nats.js.errors.APIError):
        error.code, error.err_code, error.description = 400, 10001, "why"
    return error


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_none_is_missed(kind: type[Exception]) -> None:
    """Each means something to whoever reads it, but for those that are defects."""
    error = as_tritone_error(made(kind))
    assert isinstance(error, Internal) == (kind.__name__ in OURS)
    assert error.message


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (nats.errors.TimeoutError(), Unavailable),
        (TimeoutError(), Unavailable),
        (nats.errors.NoRespondersError(), Unavailable),
        (nats.js.errors.NoStreamResponseError(), Unavailable),
        (nats.errors.ConnectionClosedError(), ServerUnreachable),
        (nats.errors.UnexpectedEOF(), ServerUnreachable),
        (ConnectionRefusedError(), ServerUnreachable),
        (nats.errors.MaxPayloadError(), PayloadTooLarge),
        (nats.errors.AuthorizationError(), SetupError),
        (nats.js.errors.BadRequestError(code=400, err_code=10071), Superseded),
        (nats.js.errors.NotFoundError(code=404, err_code=10037), NotFound),
        (nats.js.errors.NotFoundError(code=404, err_code=10059), Unavailable),
        (nats.js.errors.ServerError(code=500, err_code=10047), Unavailable),
        (RuntimeError("what"), Internal),
    ],
    ids=lambda value: repr(value) if isinstance(value, Exception) else "",
)
def test_kinds(error: Exception, expected: type[TritoneError]) -> None:
    """Exactly that kind: a stream that is missing is temporary, a message that is not is not."""
    assert type(as_tritone_error(error)) is expected


def test_our_own_pass() -> None:
    """An error of the tree stays the one it is."""
    error = PayloadTooLarge("x")
    assert as_tritone_error(error) is error
