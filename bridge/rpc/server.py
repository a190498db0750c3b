"""Runs AIService: settings, the Tritons and the home behind it, and an orderly end."""

import contextlib
from collections.abc import Sequence
from typing import Final

import structlog

from bridge import process
from bridge.rpc.door import Door
from bridge.rpc.self_test import self_test
from bridge.rpc.tls import opened_credentials
from bridge.window import Window
from tritone.access.admission import Admission
from tritone.access.listening import Listen
from tritone.house.opening import open_house
from tritone.routing import Pool
from tritone.settings import Settings
from tritone.usecases.house.asking import Asking
from tritone.usecases.house.audit_file import AuditFile

__all__ = ["SILENCE", "main", "run", "serve"]

SILENCE: Final = 3.0
"""An intent comes in one piece: a busy model's silence is no sign of its death for longer."""
log = structlog.get_logger("rpc")


def _event(text: str, level: str) -> None:
    getattr(log, level)(text)


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises:
        SetupError: the settings do not fit together, a certificate cannot be used, or a port is
            taken.
    """
    own = settings.rpc
    listen = Listen.parse(settings.grpc_listen_addr, "GRPC_LISTEN_ADDR")
    async with contextlib.AsyncExitStack() as held:
        credentials = await held.enter_async_context(opened_credentials(own, _event))
        house = await open_house(settings.house, _event)
        held.push_async_callback(house.aclose)
        audit = AuditFile(settings.house.audit_file or settings.home / "audit.jsonl")
        held.push_async_callback(audit.aclose)

        def backend_event(text: str, level: str) -> None:
            _event(text, level)
            admission.refresh()  # one that came back has places for those who wait

        if not (settings.house.gateway_addr or settings.house.url):
            log.info("no home is set up: one can only talk; TRITONE_HOUSE__URL names one")
        pool = Pool(
            process.addresses(settings),
            idle_timeout=SILENCE * settings.idle_timeout,
            aliases=settings.edge.aliases,
            on_event=backend_event,
        )
        admission = Admission(
            own.lanes, own.queue_seconds, lambda: sum(each.up for each in pool.backends)
        )
        await held.enter_async_context(pool)
        asking = Asking(pool, house, audit, verify_seconds=settings.house.verify_seconds)
        door = Door(
            asking,
            own,
            listen,
            admission,
            credentials=credentials,
            reflection=settings.log_level == "debug",
        )
        if not listen.private and own.tls_client_ca_file is None:
            log.warning(
                "whoever reaches this address may use the house: listen on 127.0.0.1, or set "
                "TRITONE_RPC__TLS_CLIENT_CA_FILE",
                address=str(listen),
            )
        await run(door, settings)
    log.info("stopped")


async def run(door: Door, settings: Settings) -> None:
    """Opens a door, and drains it on SIGTERM or SIGINT; a second SIGINT ends it at once."""
    own = settings.rpc
    stopping = process.stop_signals()
    with contextlib.ExitStack() as held:
        if own.metrics_port:
            held.enter_context(
                Window(
                    settings.host,
                    own.metrics_port,
                    door.metrics.text,
                    lambda: door.reason,
                    "TRITONE_RPC__METRICS_PORT",
                )
            )
        async with door:
            log.info("serving", port=door.port, metrics=own.metrics_port)
            await stopping.wait()
            log.info("draining", seconds=own.drain_seconds)
            await door.drain(own.drain_seconds)


def main(arguments: Sequence[str] = ()) -> int:
    """Runs the door with the settings of the environment; the process's exit status."""
    if "--self-test" in arguments:
        return process.main("tritone-rpc", self_test)
    return process.main("tritone-rpc", serve)
