"""TLS 1.3 is the lowest that gRPC speaks in this process.

gRPC's Python API cannot say so: only its C core has `grpc_tls_credentials_options`. What can be
said is which ciphers TLS 1.2 may use, by the variable GRPC_SSL_CIPHER_SUITES
(https://github.com/grpc/grpc/blob/master/doc/environment_variables.md); those of TLS 1.3 are not in
its reach and stay as they are. A list with nothing but ciphers for keys shared beforehand, of which
there are none here, leaves TLS 1.2 without any: no such handshake succeeds, whichever side we are.

gRPC reads its variables once, when it is imported. So `lay` comes before that, in the first module
of a process; who depends on it calls `require`, which refuses a process where it came too late.
"""

import os
import sys
from typing import Final

from tritone.errors import SetupError

__all__ = ["CIPHERS", "VARIABLE", "lay", "require"]

VARIABLE: Final = "GRPC_SSL_CIPHER_SUITES"
CIPHERS: Final = "ECDHE-PSK-CHACHA20-POLY1305"
_CORE: Final = "grpc._cython.cygrpc"

_state = {"laid": os.environ.get(VARIABLE) == CIPHERS}


def lay() -> None:
    """Sets it, if gRPC is not loaded yet."""
    if _CORE not in sys.modules:
        os.environ[VARIABLE] = CIPHERS
        _state["laid"] = True


def require() -> None:
    """Raises SetupError: in this process gRPC would speak TLS 1.2 too."""
    if not _state["laid"]:
        raise SetupError(
            f"gRPC was loaded before its lowest TLS version could be set: set {VARIABLE}={CIPHERS} "
            "in the environment"
        )
