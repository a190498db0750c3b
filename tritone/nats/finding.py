"""Looks for messages that a stream keeps."""

import nats.errors
import nats.js.errors
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg

from tritone.errors import Unavailable
from tritone.nats.cancelling import cancellable
from tritone.nats.failures import as_tritone_error

__all__ = ["Away", "find"]


class Away(Exception):
    """The server does not say what it has."""


async def find(
    js: JetStreamContext, stream: str, subject: str, seq: int | None = None
) -> RawStreamMsg | None:
    """The last message of a subject, or the first from a sequence on; None where there is none.

    Raises:
        Away: the server does not say.
        TritoneError: it will not say.
    """
    try:
        with cancellable():
            return await js.get_msg(stream, seq, subject, direct=True, next=seq is not None)
    except (nats.js.errors.NotFoundError, nats.errors.NoRespondersError):
        return None  # a memory stream, too, is not there until somebody makes it again
    except (nats.errors.Error, OSError) as error:
        failure = as_tritone_error(error)
        raise (Away if isinstance(failure, Unavailable) else failure) from None
