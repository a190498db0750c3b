"""What one end of mutual TLS has in files: whom it believes, its certificate, and its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from tritone.errors import SetupError

__all__ = ["Files", "Pems"]

_MOST_BYTES: Final = 1024**2
"""A file larger than this holds something else."""
_EMPTY: Final = Path()
"""What a variable becomes that is set to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pems:
    """The files' contents, each PEM."""

    ca: bytes
    certificate: bytes
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where they lie.

    Attributes:
        ca: the certificates that the other end's must come from.
        certificate: ours, with those between it and its root behind it.
        key: the key of ours, without a password.
        variables: the settings that name the three, in that order, for messages.
    """

    ca: Path
    certificate: Path
    key: Path
    variables: tuple[str, str, str]

    @classmethod
    def given(cls, paths: Sequence[Path | None], variables: tuple[str, str, str]) -> "Files":
        """Of settings. Raises SetupError: one of them is not set."""
        found = {
            name: path
            for name, path in zip(variables, paths, strict=True)
            if path is not None and path != _EMPTY
        }
        missing = [name for name in variables if name not in found]
        if missing:
            raise SetupError(f"mutual TLS needs three PEM files: set {', '.join(missing)}")
        ca, certificate, key = found.values()
        return cls(ca=ca, certificate=certificate, key=key, variables=variables)

    def read(self) -> Pems:
        """What they hold; a blocking call.

        Raises:
            SetupError: one cannot be read, is not what it should be, is not valid today, or the
                key is another certificate's. The message is one line, with the variable.
        """
        of_ca, of_certificate, of_key = (
            f"{name}={path}"
            for name, path in zip(
                self.variables, (self.ca, self.certificate, self.key), strict=True
            )
        )
        pems = Pems(
            ca=_contents(self.ca, of_ca),
            certificate=_contents(self.certificate, of_certificate),
            key=_contents(self.key, of_key),
        )
        now = datetime.now(UTC)
        # Old roots may lie beside new ones while a root is replaced: one that is valid is enough.
        believed = _certificates(pems.ca, of_ca)
        if not any(_reason(each, now) == "" for each in believed):
            raise SetupError(f"{of_ca} {_reason(believed[0], now)}")
        own = _certificates(pems.certificate, of_certificate)[0]
        if reason := _reason(own, now):
            raise SetupError(f"{of_certificate} {reason}")
        if _spki(own.public_key()) != _spki(_key(pems.key, of_key)):
            raise SetupError(
                f"{of_key} is not the key of {of_certificate}: take the two files that were made "
                "together"
            )
        return pems


def _contents(path: Path, called: str) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            found = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise SetupError(f"{called} does not exist: put the file there, or correct it") from None
    except OSError as error:
        raise SetupError(f"{called} cannot be read ({error.strerror}): let us read it") from None
    if len(found) > _MOST_BYTES:
        raise SetupError(f"{called} is larger than any certificate: name a PEM file")
    return found


def _certificates(pem: bytes, called: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise SetupError(
            f"{called} holds no certificate that can be read: it must be PEM, "
            "-----BEGIN CERTIFICATE-----"
        ) from None


def _reason(certificate: x509.Certificate, now: datetime) -> str:
    """Why it is not valid now, or an empty text."""
    if now > certificate.not_valid_after_utc:
        return f"expired on {certificate.not_valid_after_utc:%Y-%m-%d}: put a new one there"
    if now < certificate.not_valid_before_utc:
        return (
            f"is not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC: is this "
            "machine's clock right?"
        )
    return ""


def _key(pem: bytes, called: str) -> PublicKeyTypes:
    try:
        return serialization.load_pem_private_key(pem, None).public_key()
    except TypeError:
        raise SetupError(
            f"{called} has a password, and there is nobody to ask for it: write it without one, "
            "openssl pkey -in FILE -out NEW"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise SetupError(
            f"{called} holds no key that can be read: it must be PEM, -----BEGIN PRIVATE KEY-----"
        ) from None


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
