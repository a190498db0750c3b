"""Whether a door may open without keys."""

import ipaddress

from tritone.errors import SetupError
from tritone.settings import EdgeSettings

__all__ = ["check_exposure", "is_loopback"]


def check_exposure(edge: EdgeSettings) -> None:
    """Makes sure that only this machine reaches a door that asks for no key.

    Raises:
        SetupError: others could call it, and nobody said that they may.
    """
    if edge.keys_file is None and not edge.open_to_all and not is_loopback(edge.host):
        raise SetupError(
            f"the door would serve whoever reaches {edge.host or 'this machine'}:{edge.port}: make "
            "keys (`tritone keys create NAME`) and set TRITONE_EDGE__KEYS_FILE, or listen on "
            "TRITONE_EDGE__HOST=127.0.0.1, or set TRITONE_EDGE__OPEN_TO_ALL=true"
        )


def is_loopback(host: str) -> bool:
    """Whether a name or address, an IPv6 one with or without brackets, is this machine's own."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False  # a name may stand for any address
    mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:127.0.0.1; not `is_loopback` in 3.11
    return (mapped or address).is_loopback
