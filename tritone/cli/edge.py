"""`tritone edge`: the OpenAI-compatible door alone, for Tritons that run elsewhere."""

import os
import sys

__all__ = ["edge"]


def edge() -> None:
    """Serve OpenAI's API for one Triton or several, until Ctrl-C or SIGTERM.

    `tritone up` starts this, too. Alone it serves Tritons that somebody else
    started: TRITONE_BACKENDS lists them, host:grpc_port or
    host:grpc_port/metrics_port, joined by commas. Without it, it is the
    Triton of TRITONE_TRITON_URL, or the one on this machine.

    TRITONE_EDGE__PORT (8080), TRITONE_EDGE__HOST, TRITONE_EDGE__KEYS_FILE and
    the others are listed by `tritone doctor`. On SIGTERM running requests may
    finish for TRITONE_EDGE__DRAIN_SECONDS.

    Examples:
      tritone edge
      TRITONE_BACKENDS=gpu1:8001,gpu2:8001 TRITONE_EDGE__PORT=80 tritone edge
    """
    from tritone.settings import settings

    settings()  # what is wrong with them is said here, the way every command says it
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "edge"])  # noqa: S606 - no shell is meant
