"""Runs the door: settings, the Tritons behind it, uvicorn, and an orderly end."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import structlog
import uvicorn
import uvloop

from edge.app import Services, build
from edge.gauges import Gauges
from edge.metrics import Metrics
from edge.middleware.protection import Protection
from edge.middleware.websites import Websites
from edge.observation import Observed
from edge.readiness import Readiness
from tritone.access.admission import Admission
from tritone.access.drain import Drain
from tritone.access.exposure import check_exposure
from tritone.access.limits import KeyLimits
from tritone.access.store import KeyStore
from tritone.errors import TritoneError
from tritone.routing import Address, Pool
from tritone.settings import EdgeSettings, Settings, settings
from tritone.telemetry import logs, traces

__all__ = ["main", "serve"]

log = structlog.get_logger("edge")


class _Server(uvicorn.Server):
    """Uvicorn that says when it begins to stop, and does not end its process by a signal."""

    def __init__(self, config: uvicorn.Config, drain: Drain) -> None:
        super().__init__(config)
        self._drain = drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM and Ctrl-C drain; the second Ctrl-C ends at once."""
        self._drain.begin()
        super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes SIGINT and SIGTERM while it serves."""
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises:
        SetupError: the settings do not fit together, or the door would be open to strangers.
    """
    edge = settings.edge
    check_exposure(edge)
    keys = KeyStore(edge.keys_file) if edge.keys_file else None
    addresses = [Address.parse(text) for text in settings.backends] or [
        Address.parse(f"{settings.grpc_url}/{settings.metrics_port}")
    ]
    drain, metrics = Drain(), Metrics()

    def backend_event(text: str, level: str) -> None:
        getattr(log, level)(text)
        admission.refresh()  # one that came back has places for those who wait

    pool = Pool(
        addresses,
        idle_timeout=settings.idle_timeout,
        aliases=edge.aliases,
        on_event=backend_event,
    )
    admission = Admission(
        edge.lanes, edge.queue_seconds, lambda: sum(each.up for each in pool.backends)
    )
    async with pool:
        metrics.registry.register(Gauges(admission, lambda: pool.backends, lambda: pool.retried))
        services = Services(
            caller=pool,
            catalog=pool.catalog,
            edge=edge,
            metrics=metrics,
            readiness=Readiness(
                lambda: {str(each.address): each.up for each in pool.backends},
                lambda: drain.draining,
            ),
        )
        protection = Protection(
            keys=keys,
            limits=KeyLimits(),
            admission=admission,
            drain=drain,
            websites=Websites(edge),
        )
        app = build(services, middleware=[protection])
        server = _Server(_config(edge, Observed(app, metrics)), drain)
        log.info("serving", url=f"http://{edge.host}:{edge.port}", keys=keys is not None)
        await server.serve()
    log.info("stopped")


def _config(edge: EdgeSettings, app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=edge.host,
        port=edge.port,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=max(1, round(edge.drain_seconds)),
        h11_max_incomplete_event_size=64 * 1024,
    )


def main() -> int:
    """Runs the door with the settings of the environment; the process's exit status."""
    used = settings()
    logs.configure(used.log_level, used.log_format)
    stop_tracing = traces.configure("tritone-edge", used.otlp_endpoint)
    try:
        uvloop.run(serve(used))
    except TritoneError as error:
        print(f"error {error.code}: {error.message}", file=sys.stderr)  # noqa: T201
        return 1
    except asyncio.CancelledError:
        return 1
    finally:
        stop_tracing()
    return 0
