"""The door's own TLS, where the settings ask for it."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import grpc

from bridge.calls.credentials import server_credentials
from tritone.errors import SetupError
from tritone.house.certificates import Files
from tritone.settings import RpcSettings

__all__ = ["inbound", "opened_credentials"]

_CERTIFICATE, _KEY, _CA = (f"TRITONE_RPC__TLS_{name}_FILE" for name in ("CERT", "KEY", "CLIENT_CA"))


def inbound(settings: RpcSettings) -> Files | None:
    """The files of the settings; None: the door speaks plain text.

    Raises:
        SetupError: one is missing that the others need.
    """
    certificate, key, ca = (
        settings.tls_cert_file,
        settings.tls_key_file,
        settings.tls_client_ca_file,
    )
    if certificate is None and key is None and ca is None:
        return None
    return Files(
        # Without mutual TLS nobody is believed: the certificate itself stands there, to be read.
        ca=ca or _set(certificate, _CERTIFICATE),
        certificate=_set(certificate, _CERTIFICATE),
        key=_set(key, _KEY),
        variables=(_CA if ca else _CERTIFICATE, _CERTIFICATE, _KEY),
    )


@contextlib.asynccontextmanager
async def opened_credentials(
    settings: RpcSettings, on_event: Callable[[str, str], None]
) -> AsyncIterator[grpc.ServerCredentials | None]:
    """The credentials of the settings, looked after while the block runs; None for plain text.

    Raises:
        SetupError: the files cannot be used.
    """
    files = inbound(settings)
    if files is None:
        yield None
        return
    mutual = settings.tls_client_ca_file is not None
    async with server_credentials(files, mutual=mutual, on_event=on_event) as credentials:
        yield credentials


def _set(path: Path | None, variable: str) -> Path:
    if path is None:
        raise SetupError(f"TLS needs a certificate and its key, PEM files: set {variable} too")
    return path
