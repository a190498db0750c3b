"""Certificates for both ends of mutual TLS, made in a moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

from tritone.house.certificates import Files

NAME = "gateway.test"
"""What servers are called here; their address is 127.0.0.1."""
VARIABLES = (
    "HA_GATEWAY_TLS_CA_FILE",
    "HA_GATEWAY_TLS_CERT_FILE",
    "HA_GATEWAY_TLS_KEY_FILE",
)
PAST = datetime.now(UTC) - timedelta(days=1)


class Authority:
    """Who signs.

    Args:
        folder: where files are written.
        name: of its own files.
    """

    def __init__(self, folder: Path, name: str = "ca"):
        self.ca = trustme.CA(organization_name=name)
        self.folder = folder
        self.file = folder / f"{name}.pem"
        self.ca.cert_pem.write_to_path(str(self.file))

    def files(self, name: str, *names: str, believes: Path | None = None, **options: Any) -> Files:
        """A certificate for `names` (or for the owner of `name`), its key, and whom it believes."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        made = self.ca.issue_cert(*(names or (f"{name}@test",)), common_name=name, **options)
        certificate.write_bytes(b"".join(pem.bytes() for pem in made.cert_chain_pems))
        made.private_key_pem.write_to_path(str(key))
        return Files(
            ca=believes or self.file, certificate=certificate, key=key, variables=VARIABLES
        )

    def server(self, name: str = "server", **options: Any) -> Files:
        """A server's."""
        return self.files(name, NAME, **options)
