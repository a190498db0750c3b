"""Runs the gateway: settings, certificates, Home Assistant, and an orderly end."""

import contextlib
from typing import Final

import structlog

from bridge import process
from bridge.calls.credentials import server_credentials
from bridge.gateway.door import Door
from tritone.access.listening import Listen
from tritone.errors import SetupError
from tritone.house.certificates import Files
from tritone.house.opening import open_assistant
from tritone.settings import Settings

__all__ = ["main", "serve"]

log = structlog.get_logger("gateway")
_VARIABLES: Final = (
    "TRITONE_GATEWAY__CA_FILE",
    "TRITONE_GATEWAY__CERT_FILE",
    "TRITONE_GATEWAY__KEY_FILE",
)


def _event(text: str, level: str) -> None:
    getattr(log, level)(text)


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises:
        SetupError: Home Assistant is not named, a certificate cannot be used, or the port is
            taken.
    """
    own = settings.gateway
    listen = Listen.parse(own.listen, "TRITONE_GATEWAY__LISTEN")
    files = Files.given((own.ca_file, own.cert_file, own.key_file), _VARIABLES)
    if not settings.house.url:
        raise SetupError("the gateway stands before Home Assistant: set TRITONE_HOUSE__URL")
    stopping = process.stop_signals()
    async with contextlib.AsyncExitStack() as held:
        credentials = await held.enter_async_context(
            server_credentials(files, mutual=True, on_event=_event)
        )
        house = await open_assistant(settings.house, _event)
        held.push_async_callback(house.aclose)
        door = await held.enter_async_context(Door(house, listen, credentials))
        log.info("serving", port=door.port)
        await stopping.wait()
        log.info("draining", seconds=own.drain_seconds)
        await door.drain(own.drain_seconds)
    log.info("stopped")


def main() -> int:
    """Runs the gateway with the settings of the environment; the process's exit status."""
    return process.main("tritone-gateway", serve)
