"""The one place where a command calls AIService: the channel, and what its failures mean."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc

from tritone.errors import (
    DeadlineExceeded,
    Internal,
    Overloaded,
    ServerUnreachable,
    SetupError,
    TritoneError,
    Unsupported,
    from_wire,
)

__all__ = ["Tls", "channel", "meaning"]

_CODED: Final = re.compile(r"[A-Z][A-Z0-9_]{3,}: ")


@dataclass(frozen=True, slots=True)
class Tls:
    """What TLS needs: whom to believe, and who we are where that is asked. All unset: plain text.

    Attributes:
        ca: PEM of who signed the server's certificate.
        certificate: ours, PEM.
        key: its key, PEM.
        server_name: the name in the server's certificate, where it is not the host's.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    server_name: str = ""


@contextlib.asynccontextmanager
async def channel(address: str, tls: Tls) -> AsyncIterator[grpc.aio.Channel]:
    """A connection to an AIService, made when it is first used.

    Raises:
        SetupError: a file cannot be read, or one is missing.
    """
    if tls.ca is None:
        if tls.certificate or tls.key:
            raise SetupError("a certificate is only shown over TLS: give --ca as well")
        opened = grpc.aio.insecure_channel(address)
    else:
        if (tls.certificate is None) != (tls.key is None):
            raise SetupError("a certificate needs its key: give both --cert and --key")
        credentials = grpc.ssl_channel_credentials(
            _read(tls.ca), _read(tls.key), _read(tls.certificate)
        )
        name = [("grpc.ssl_target_name_override", tls.server_name)] if tls.server_name else []
        opened = grpc.aio.secure_channel(address, credentials, options=name)
    async with opened:
        yield opened


def meaning(error: grpc.aio.AioRpcError, address: str) -> TritoneError:
    """What a call's failure is: AIService's own error, or why there was no call."""
    details = error.details() or error.code().name
    if _CODED.match(details):
        return from_wire(details)
    match error.code():
        case grpc.StatusCode.UNAVAILABLE:
            return ServerUnreachable(
                f"no AIService answers at {address} ({details}): start it with `tritone up` or "
                "`tritone rpc`, or name another one with --address"
            )
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return DeadlineExceeded("no answer came in time: --timeout allows more")
        case grpc.StatusCode.RESOURCE_EXHAUSTED:
            return Overloaded(details)
        case grpc.StatusCode.UNIMPLEMENTED:
            return Unsupported(f"what answers at {address} is no AIService: {details}")
    return Internal(f"{error.code().name}: {details}")


def _read(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(f"'{path}' cannot be read: {error.strerror}") from None
