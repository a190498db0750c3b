"""What the two Wyoming servers have in common: how they are asked whether they serve.

Protocol: https://github.com/OHF-Voice/wyoming
"""

import socket
from typing import Final

from perf.bench.peers.peer import HOST

__all__ = ["describes"]

_DESCRIBE: Final = b'{"type": "describe"}\n'
_SECONDS: Final = 2.0


def describes(port: int) -> bool:
    """Whether the server at this port says what it is."""
    try:
        with socket.create_connection((HOST, port), timeout=_SECONDS) as connection:
            connection.sendall(_DESCRIBE)
            with connection.makefile("rb") as lines:
                return b'"info"' in lines.readline()
    except OSError:
        return False
