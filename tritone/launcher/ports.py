"""Ports that must be free before something listens on them."""

import contextlib
import socket

import psutil

from tritone.errors import PortInUse

__all__ = ["check_port"]


def check_port(host: str, port: int, variable: str) -> None:
    """Checks one.

    Args:
        host: the address to listen on.
        port: the port.
        variable: what to set to take another one.

    Raises:
        PortInUse: it is taken; the message says by whom.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortInUse(
                f"port {port} of {host} is taken{_holder(port)}: stop it, or set "
                f"{variable} to another port"
            ) from None


def _holder(port: int) -> str:
    """Who listens on a port, as far as this user may know."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("inet"):
            if connection.status == "LISTEN" and connection.laddr[1:] == (port,) and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
