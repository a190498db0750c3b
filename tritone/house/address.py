"""Where a gateway is: ``gateway.example:50053``, or ``[::1]:50053``."""

import re
from typing import Final

from tritone.errors import SetupError

__all__ = ["parts"]

_FORM: Final = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:/\[\]]+)):(?P<port>\d{1,5})"
)


def parts(address: str) -> tuple[str, int]:
    """Its host, without brackets, and its port. Raises SetupError: it has not that form."""
    found = _FORM.fullmatch(address)
    if found is None or not 0 < int(found["port"]) <= 65535:
        raise SetupError(f"HA_GATEWAY_ADDR={address} must be host:port")
    return found["six"] or found["host"], int(found["port"])
