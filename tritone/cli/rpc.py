"""`tritone rpc`: AIService alone, for Tritons that run elsewhere."""

import os
import sys
from typing import Annotated

import typer

__all__ = ["rpc"]


def rpc(
    self_test: Annotated[
        bool,
        typer.Option(
            "--self-test",
            help="Serve nobody: show the handshake with ha-gateway, whose certificates "
            "these are, and whether the home answers.",
        ),
    ] = False,
) -> None:
    """Serve AIService over gRPC, until Ctrl-C or SIGTERM: sentences in, actions in a home.

    `tritone up` starts this, too, for this machine alone. Alone it listens
    on GRPC_LISTEN_ADDR (:50052, every address) and calls Tritons that
    somebody else started: TRITONE_BACKENDS lists them, or it is the Triton
    of TRITONE_TRITON_URL, or the one on this machine.

    The home is that of HA_GATEWAY_ADDR (ha-gateway, mutual TLS) or of
    TRITONE_HOUSE__URL (Home Assistant itself). On SIGTERM running queries
    may finish for TRITONE_RPC__DRAIN_SECONDS.

    Examples:
      tritone rpc
      HA_GATEWAY_ADDR=home:50053 tritone rpc --self-test
    """
    from tritone.settings import settings

    settings()  # what is wrong with them is said here, the way every command says it
    sys.stdout.flush()
    flags = ["--self-test"] if self_test else []
    os.execv(  # noqa: S606 - no shell is meant
        sys.executable, [sys.executable, "-m", "bridge.rpc", *flags]
    )
