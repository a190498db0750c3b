"""How Triton is called: its arguments and its environment. Pure."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tritone.settings import Settings

__all__ = ["server_command", "server_environment"]

_SHM_BYTES: Final = 4 * 1024 * 1024
"""Shared memory a model starts with; it grows by need. Small enough for a 64 MiB /dev/shm."""


def server_command(
    settings: Settings, *, server: Path, backends: Path, shm_prefix: str, exit_seconds: int
) -> list[str]:
    """The command line of a Triton.

    Args:
        settings: ports, address, repositories and where its spans go.
        server: its program.
        backends: the folder with its backends.
        shm_prefix: what the names of its shared memory regions start with.
        exit_seconds: how long its requests may finish once it is told to stop.
    """
    return [
        str(server),
        *(f"--model-repository={folder}" for folder in settings.repositories),
        f"--backend-directory={backends}",
        "--model-control-mode=explicit",
        "--load-model=*",
        f"--http-address={settings.host}",
        f"--http-port={settings.http_port}",
        f"--grpc-address={settings.host}",
        f"--grpc-port={settings.grpc_port}",
        f"--metrics-address={settings.host}",
        f"--metrics-port={settings.metrics_port}",
        f"--exit-timeout-secs={exit_seconds}",
        f"--backend-config=python,shm-region-prefix-name={shm_prefix}",
        f"--backend-config=python,shm-default-byte-size={_SHM_BYTES}",
        "--disable-auto-complete-config",  # configs are written out; a trial run costs seconds
        *_tracing(settings.otlp_endpoint),
    ]


def server_environment(
    settings: Settings, inherited: Mapping[str, str], *, openmp: Path | None
) -> dict[str, str]:
    """What a Triton and its models find in their environment.

    Args:
        settings: where the server is.
        inherited: the variables to build on.
        openmp: the folder with the OpenMP library that all models share, where one is needed.
    """
    environment = dict(inherited)
    # The stub runs whichever `python3` comes first.
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # Triton would take __pycache__ for a model
    environment["PYTHONUNBUFFERED"] = "1"
    # Models that call another model's stream find the server by the settings, too.
    environment["TRITONE_TRITON_URL"] = f"{settings.host}:{settings.grpc_port}"
    # llama.cpp's threads meet at OpenMP barriers, and libgomp spins there by default. Where
    # another model wants a core that collapses: 1 token/s beside one busy process on two
    # cores, against 22 with this count, which costs 2 % while the machine is idle.
    environment.setdefault("GOMP_SPINCOUNT", "1000")
    if openmp is not None:
        path = environment.get("LD_LIBRARY_PATH")
        environment["LD_LIBRARY_PATH"] = f"{openmp}:{path}" if path else str(openmp)
    return environment


def _tracing(endpoint: str) -> list[str]:
    """Triton's own spans; they join the trace of the request that brought a `traceparent`."""
    if not endpoint:
        return []
    return [
        "--trace-config=mode=opentelemetry",
        f"--trace-config=opentelemetry,url={endpoint.rstrip('/')}/v1/traces",
        "--trace-config=opentelemetry,resource=service.name=tritone-triton",
        "--trace-config=rate=1",
        "--trace-config=level=TIMESTAMPS",
    ]
