"""What `tritone doctor` finds at the ports that `tritone up` listens on."""

import socket
from collections.abc import AsyncIterator
from typing import Final

import httpx

from tritone.cli import connection
from tritone.cli.checks import Finding
from tritone.errors import SetupError, TritoneError
from tritone.launcher.entrances import listen_of
from tritone.settings import Settings

__all__ = ["ports"]

_SECONDS: Final = 2.0


async def ports(settings: Settings) -> AsyncIterator[Finding]:
    """Whether each is free, or taken by what belongs there; and whether a NATS server answers."""
    if not settings.triton_url:
        async with connection.connect(settings) as client:
            ours = await client.ready()
        for name in ("http_port", "grpc_port", "metrics_port"):
            where = (settings.host, getattr(settings, name))
            variable = f"TRITONE_{name.upper()}"
            yield _port(*where, name, variable, "a running Triton" if ours else "")
        if settings.edge.enabled:
            where = (settings.edge.host, settings.edge.port)
            yield await _asked(*where, "edge", "TRITONE_EDGE__PORT", "/health/live")
        if settings.rpc.enabled:
            async for finding in _rpc(settings):
                yield finding
    if not settings.bridge.enabled:
        return
    if settings.nats_url:
        yield await _nats_elsewhere(settings)
    else:
        monitor = settings.nats.monitor_port
        there = await _answers("127.0.0.1", monitor, "/healthz")
        running = "a running nats-server" if there else ""
        yield _port("127.0.0.1", settings.nats.port, "nats", "TRITONE_NATS__PORT", running)
        yield _port("127.0.0.1", monitor, "nats monitoring", "TRITONE_NATS__MONITOR_PORT", running)
    if settings.bridge.metrics_port:
        where = (settings.host, settings.bridge.metrics_port)
        yield await _asked(*where, "bridge", "TRITONE_BRIDGE__METRICS_PORT", "/health/live")


async def _rpc(settings: Settings) -> AsyncIterator[Finding]:
    """AIService's port, and that of its metrics, which is the one that can be asked."""
    host, port = settings.host, settings.rpc.metrics_port
    there = bool(port) and not _free(host, port) and await _answers(host, port, "/health/live")
    running = "a running AIService" if there else ""
    try:
        listen = listen_of(settings)
    except SetupError as error:
        yield Finding("server", "AIService", "failed", "no address", error.message)
    else:
        address = listen.host.strip("[]")
        yield _port(address, listen.port, "AIService", "GRPC_LISTEN_ADDR", running)
    if port:
        yield _port(host, port, "AIService metrics", "TRITONE_RPC__METRICS_PORT", running)


def _port(host: str, port: int, name: str, variable: str, ours: str) -> Finding:
    """Whether a port is free, or `ours` holds it, which is empty if it does not run."""
    if _free(host, port):
        return Finding("server", f"port {port}", "ok", f"free ({name})")
    if ours:
        return Finding("server", f"port {port}", "ok", f"{ours} ({name})")
    fix = f"stop what listens there, or set {variable}"
    return Finding("server", f"port {port}", "failed", f"taken ({name})", fix)


async def _asked(host: str, port: int, name: str, variable: str, path: str) -> Finding:
    """As `_port`, for one of ours that answers over HTTP."""
    there = not _free(host, port) and await _answers(host, port, path)
    return _port(host, port, name, variable, f"a running {name}" if there else "")


async def _answers(host: str, port: int, path: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            answer = await client.get(f"http://{host}:{port}{path}")
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK


async def _nats_elsewhere(settings: Settings) -> Finding:
    """Whether the server of TRITONE_NATS_URL takes us."""
    # Without the extra `nats`, which is reported by itself, there is nothing to ask with.
    from tritone.nats.address import shown

    where = shown(settings.nats_url)
    try:
        from tritone.nats.connection import connect

        nats = await connect(
            settings.nats_url, name="tritone-doctor", creds_file=settings.nats.creds_file
        )
    except ImportError:
        return Finding("server", "nats", "warning", f"{where}: not asked", "install the extra nats")
    except TritoneError as error:
        fix = "start it, or unset TRITONE_NATS_URL"
        return Finding("server", "nats", "failed", f"{error.code}: {error.message}", fix)
    version = str(nats.connected_server_version)
    await nats.close()
    return Finding("server", "nats", "ok", f"{where} answers (nats-server {version})")


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
