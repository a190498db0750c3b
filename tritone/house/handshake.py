"""A handshake with ha-gateway, to see why it works or does not. It is done by the standard library.

gRPC says little of a handshake; the same files, the same name and the same protocol (TLS 1.3, ALPN
h2: https://httpwg.org/specs/rfc9113.html#discover-https) show what it would meet.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from tritone.errors import HouseUnreachable, SetupError, TritoneError
from tritone.house.address import parts
from tritone.house.certificates import Files

__all__ = ["Certificate", "Handshake", "handshake"]

SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Of whom it is.

    Attributes:
        subject: its name, ``CN=gateway``.
        names: what it may be called: hosts, addresses.
        issuer: who has signed it.
        expires: until when it is valid.
    """

    subject: str
    names: tuple[str, ...]
    issuer: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """One that succeeded, on both sides.

    Attributes:
        address: host:port that answered.
        server_name: the name that its certificate was held to.
        version: ``TLSv1.3``.
        cipher: as OpenSSL names it.
        theirs: the server's certificate.
        ours: the certificate that the server took.
    """

    address: str
    server_name: str
    version: str
    cipher: str
    theirs: Certificate
    ours: Certificate


async def handshake(address: str, files: Files, server_name: str = "") -> Handshake:
    """Does one.

    Args:
        address: host:port.
        files: whom we believe, our certificate and its key.
        server_name: the name in the server's certificate; empty: the host.

    Raises:
        SetupError: the files cannot be used, or the two do not accept each other.
        HouseUnreachable: nobody answers there, or it is no TLS 1.3 server.
    """
    pems = await asyncio.to_thread(files.read)
    context = await asyncio.to_thread(_context, files)
    host, port = parts(address)
    name = server_name or host
    async with _bounded(address):
        try:
            reader, writer = await asyncio.open_connection(
                host, port, ssl=context, server_hostname=name
            )
        except (ssl.SSLError, ConnectionResetError) as error:
            raise _meaning(error, address, name, files) from None
        try:
            # In TLS 1.3 a server looks at our certificate after we are done with its own: that it
            # goes on to speak HTTP/2 shows that it took it.
            if not await reader.read(1):
                raise _rejected(address, files)
        except (ssl.SSLError, ConnectionError) as error:
            raise _rejected(address, files, error) from None
        finally:
            tls = writer.get_extra_info("ssl_object")
            writer.transport.abort()  # gRPC would be waited for, which says no goodbye
    theirs = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True))
    return Handshake(
        address=address,
        server_name=name,
        version=tls.version(),
        cipher=tls.cipher()[0],
        theirs=_described(theirs),
        ours=_described(x509.load_pem_x509_certificate(pems.certificate)),
    )


def _context(files: Files) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols(["h2"])
    context.load_verify_locations(files.ca.expanduser())
    context.load_cert_chain(files.certificate.expanduser(), files.key.expanduser())
    return context


@contextlib.asynccontextmanager
async def _bounded(address: str) -> AsyncIterator[None]:
    """Raises HouseUnreachable: there is no connection, or not soon enough."""
    try:
        async with asyncio.timeout(SECONDS):
            yield
    except OSError as error:
        raise HouseUnreachable(
            f"ha-gateway at {address} (HA_GATEWAY_ADDR) does not answer: "
            f"{error.strerror or str(error) or type(error).__name__}"
        ) from None


def _meaning(error: OSError, address: str, name: str, files: Files) -> TritoneError:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return HouseUnreachable(
            f"no TLS 1.3 is spoken at {address} (HA_GATEWAY_ADDR){_because(error)}"
        )
    reason = error.verify_message
    if "match" in reason:
        return SetupError(
            f"the certificate of ha-gateway at {address} is not for {name!r}: set "
            "HA_GATEWAY_SERVER_NAME to a name that is in it"
        )
    if "expired" in reason:
        return SetupError(f"the certificate of ha-gateway at {address} has expired: renew it")
    return SetupError(
        f"the certificate of ha-gateway at {address} does not come from "
        f"{files.variables[0]}={files.ca} ({reason}): put the certificate of who signed it there"
    )


def _rejected(address: str, files: Files, error: OSError | None = None) -> SetupError:
    return SetupError(
        f"ha-gateway at {address} does not take our certificate{_because(error)}: "
        f"{files.variables[1]}={files.certificate} must come from who it believes"
    )


def _because(error: OSError | None) -> str:
    """What OpenSSL says of it, in brackets."""
    reason = error.reason if isinstance(error, ssl.SSLError) else ""
    return f" ({reason.replace('_', ' ').lower()})" if reason else ""


def _described(certificate: x509.Certificate) -> Certificate:
    names: tuple[str, ...] = ()
    with contextlib.suppress(x509.ExtensionNotFound):
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = tuple(str(each.value) for each in found.value)
    return Certificate(
        subject=certificate.subject.rfc4514_string(),
        names=names,
        issuer=certificate.issuer.rfc4514_string(),
        expires=certificate.not_valid_after_utc,
    )
