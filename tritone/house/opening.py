"""The home that the settings name."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tritone.errors import SetupError
from tritone.house.absent import Absent
from tritone.house.certificates import Files
from tritone.house.port import House
from tritone.settings import HouseSettings

__all__ = ["gateway_files", "open_assistant", "open_house"]

_VARIABLES: Final = (
    "HA_GATEWAY_TLS_CA_FILE",
    "HA_GATEWAY_TLS_CERT_FILE",
    "HA_GATEWAY_TLS_KEY_FILE",
)


async def open_house(
    settings: HouseSettings, on_event: Callable[[str, str], None] = lambda _text, _level: None
) -> House:
    """The gateway if there is one, else Home Assistant itself, else a home that is not there.

    It connects later and by itself: that nobody answers yet is no error here.

    Args:
        settings: what names it.
        on_event: takes what happens to the connection: a text and its level.

    Raises:
        SetupError: an address, a certificate or the token cannot be used.
    """
    if settings.gateway_addr:
        from tritone.house.gateway import Gateway

        return await Gateway.open(
            settings.gateway_addr,
            gateway_files(settings),
            server_name=settings.gateway_server_name,
            on_event=on_event,
        )
    if settings.url:
        return await open_assistant(settings, on_event)
    return Absent()


async def open_assistant(
    settings: HouseSettings, on_event: Callable[[str, str], None] = lambda _text, _level: None
) -> House:
    """Home Assistant itself. Raises SetupError: its address or the token cannot be used."""
    from tritone.house.assistant import Assistant

    parts = urlsplit(settings.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise SetupError("TRITONE_HOUSE__URL must be Home Assistant's, as http://host:8123")
    token = settings.token.get_secret_value().strip()
    if settings.token_file is not None:
        token = await asyncio.to_thread(_read, settings.token_file)
    if not token:
        raise SetupError(
            "Home Assistant wants a token: make a long-lived access token on your profile page "
            "there, and set TRITONE_HOUSE__TOKEN or TRITONE_HOUSE__TOKEN_FILE"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SetupError("the token of Home Assistant has characters that no token has")
    return Assistant(settings.url, token, on_event=on_event)


def gateway_files(settings: HouseSettings) -> Files:
    """Our side of mutual TLS. Raises SetupError: one is not named."""
    paths = (settings.gateway_ca_file, settings.gateway_cert_file, settings.gateway_key_file)
    return Files.given(paths, _VARIABLES)


def _read(path: Path) -> str:
    try:
        return path.expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SetupError(f"TRITONE_HOUSE__TOKEN_FILE={path} cannot be read: {reason}") from None
