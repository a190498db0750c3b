"""What a gRPC server shows its clients and wants of them, made anew when its files are replaced."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import grpc

from tritone.house.certificates import Files, Pems
from tritone.house.rotation import LOOK_SECONDS, Rotation

__all__ = ["server_credentials"]


@contextlib.asynccontextmanager
async def server_credentials(
    files: Files,
    *,
    mutual: bool,
    on_event: Callable[[str, str], None] = lambda _text, _level: None,
    every: float = LOOK_SECONDS,
) -> AsyncIterator[grpc.ServerCredentials]:
    """Credentials whose files are looked after while the block runs.

    A connection that stands keeps what it began with; one that comes later sees the new files.

    Args:
        files: the server's certificate and key, and whom it believes.
        mutual: whether a client must have a certificate from those it believes.
        on_event: takes what happens to the files: a text and its level.
        every: seconds between looks.

    Raises:
        SetupError: the files cannot be used.
    """

    def configuration(pems: Pems) -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration(
            [(pems.key, pems.certificate)], root_certificates=pems.ca if mutual else None
        )

    pems = await asyncio.to_thread(files.read)
    current = configuration(pems)

    def renew(pems: Pems) -> None:
        nonlocal current
        current = configuration(pems)

    rotation = Rotation(files, pems, renew, on_event, every=every)
    try:
        # gRPC asks at each handshake, in a thread of its own.
        yield grpc.dynamic_ssl_server_credentials(
            current, lambda: current, require_client_authentication=mutual
        )
    finally:
        await rotation.aclose()
