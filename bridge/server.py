"""Runs the bridge: settings, the Tritons behind it, NATS, and an orderly end."""

import asyncio
import contextlib
from typing import Any

import structlog

from bridge import process
from bridge.jetstream.door import Bridge
from bridge.window import Window
from tritone.contract import Model
from tritone.errors import ModelNotFound
from tritone.nats.connection import connect, shown
from tritone.routing import Pool
from tritone.settings import Settings

__all__ = ["main", "serve"]

log = structlog.get_logger("bridge")


def _event(text: str, level: str) -> None:
    getattr(log, level)(text)


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises:
        ServerUnreachable: there is no NATS server.
        SetupError: the settings do not fit together, or a port is taken.
    """
    pool = Pool(
        process.addresses(settings),
        idle_timeout=settings.idle_timeout,
        aliases=settings.edge.aliases,
        on_event=_event,
    )

    async def healthy(model: Model[Any, Any]) -> int:
        """A model that no Triton has is asked for, so that its senders are told."""
        up = sum(each.up for each in pool.backends)
        if not up or await pool.ready(model):
            return up
        try:
            pool.catalog.card(model.name)
        except ModelNotFound:
            return up
        return 0

    async def reconnected() -> None:
        if bridge is not None:
            await bridge.reconnected()

    bridge: Bridge | None = None
    async with contextlib.AsyncExitStack() as held:
        nats = await connect(
            settings.nats_address,
            name="tritone-bridge",
            creds_file=settings.nats.creds_file,
            on_event=_event,
            on_reconnect=reconnected,
        )
        held.push_async_callback(nats.close)
        await held.enter_async_context(pool)
        bridge = Bridge(
            nats,
            pool,
            pool.catalog,
            settings.bridge,
            replicas=settings.nats.replicas,
            healthy=healthy,
        )
        await run(bridge, settings)
    log.info("stopped")


async def run(bridge: Bridge, settings: Settings) -> None:
    """Opens a bridge, and drains it on SIGTERM or SIGINT; a second SIGINT ends it at once."""
    own = settings.bridge
    stopping = process.stop_signals()
    with contextlib.ExitStack() as held:
        if own.metrics_port:
            held.enter_context(
                Window(
                    settings.host,
                    own.metrics_port,
                    bridge.metrics.text,
                    lambda: bridge.reason,
                    "TRITONE_BRIDGE__METRICS_PORT",
                )
            )
        async with bridge:
            log.info("serving", nats=shown(settings.nats_address), metrics=own.metrics_port)
            stopped = asyncio.create_task(stopping.wait())
            failed = asyncio.create_task(bridge.failed())
            done, _ = await asyncio.wait({stopped, failed}, return_when=asyncio.FIRST_COMPLETED)
            if failed in done:
                stopped.cancel()
                failed.result()
            failed.cancel()
            log.info("draining", seconds=own.drain_seconds)
            await bridge.drain(own.drain_seconds)


def main() -> int:
    """Runs the bridge with the settings of the environment; the process's exit status."""
    return process.main("tritone-bridge", serve)
