"""``--self-test``: what AIService would meet and show, line by line, without serving anybody."""

import asyncio
from typing import Final

from bridge.rpc.tls import inbound
from tritone.access.listening import Listen
from tritone.errors import HouseUnreachable
from tritone.house.handshake import Certificate, handshake
from tritone.house.opening import gateway_files, open_house
from tritone.settings import HouseSettings, Settings

__all__ = ["self_test"]

_SECONDS: Final = 15.0


async def self_test(settings: Settings) -> None:
    """Shows how it would listen, the handshake with ha-gateway, and that the home answers.

    Raises:
        SetupError: something does not fit; the message says how to mend it.
        HouseUnreachable: the home does not answer, or does not take us.
    """
    listen = Listen.parse(settings.grpc_listen_addr, "GRPC_LISTEN_ADDR")
    _line("listens", f"{listen}, {await _inbound(settings)}")
    if settings.house.gateway_addr:
        await _gateway(settings.house)
    elif settings.house.url:
        _line("home", f"Home Assistant at {settings.house.url}")
    house = await open_house(settings.house)
    try:
        async with asyncio.timeout(_SECONDS):
            things = await house.entities()
    except TimeoutError:
        raise HouseUnreachable(f"the home did not answer for {_SECONDS:.0f} s") from None
    finally:
        await house.aclose()
    _line("answers", f"with {len(things)} things")


async def _inbound(settings: Settings) -> str:
    files = inbound(settings.rpc)
    if files is None:
        return "plain text"
    await asyncio.to_thread(files.read)
    if settings.rpc.tls_client_ca_file is None:
        return f"TLS with {files.certificate}"
    return f"TLS with {files.certificate}, to clients with a certificate from {files.ca}"


async def _gateway(settings: HouseSettings) -> None:
    met = await handshake(
        settings.gateway_addr, gateway_files(settings), settings.gateway_server_name
    )
    _line("home", f"ha-gateway at {met.address}, as {met.server_name}")
    _line("handshake", f"{met.version}, {met.cipher}")
    _line("theirs", _told(met.theirs))
    _line("ours", _told(met.ours))


def _told(one: Certificate) -> str:
    names = ", ".join(one.names) or "none"
    return f"{one.subject}; names {names}; from {one.issuer}; until {one.expires:%Y-%m-%d %H:%M}Z"


def _line(name: str, told: str) -> None:
    print(f"{name:10} {told}", flush=True)  # noqa: T201
