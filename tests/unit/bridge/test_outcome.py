"""What becomes of a message by the error of its request."""

import pytest

from bridge.jetstream.outcome import Fate, fate, foreign, told
from tritone import errors
from tritone.errors import Internal, Kind, TritoneError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_fate(kind):
    """None is missing from the table."""
    error = TritoneError("x")
    error.kind = kind  # type: ignore[misc]
    assert fate(error) in Fate


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.BodyInvalid, Fate.REFUSED),
        (errors.AudioTooLong, Fate.REFUSED),
        (errors.ModelNotFound, Fate.REFUSED),
        (errors.PermissionDenied, Fate.REFUSED),
        (errors.Cancelled, Fate.STOPPED),
        (errors.Overloaded, Fate.TRIED_AGAIN),
        (errors.DeadlineExceeded, Fate.TRIED_AGAIN),
        (errors.EngineDied, Fate.TRIED_AGAIN),
        (errors.SetupError, Fate.TRIED_AGAIN),
        (errors.Internal, Fate.TRIED_AGAIN),
    ],
)
def test_only_what_may_pass_is_tried_again(error, expected):
    """What the sender must mend is refused; what he stopped is done with."""
    assert fate(error("x")) is expected


def test_a_defect_is_not_explained():
    """The sender reads the code, and that the log has more."""
    failure = told(Internal("secret"))
    assert failure.code == "INTERNAL"
    assert "secret" not in failure.message
    assert told(errors.NoSpeech("nobody speaks")).message == "nobody speaks"


def test_what_is_none_of_ours_is_our_defect():
    """An unknown exception becomes Internal; errors of the tree stay what they are."""
    ours = errors.NoSpeech("nobody speaks")
    assert foreign(ours) is ours
    assert isinstance(foreign(ZeroDivisionError("x")), Internal)
