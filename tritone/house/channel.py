"""A gRPC channel to ha-gateway with mutual TLS, made anew when our certificates are replaced."""

import asyncio
from typing import Final

import grpc
from grpc import aio

from tritone.house import tls_floor
from tritone.house.certificates import Pems

__all__ = ["MOST_MESSAGE_BYTES", "Channels"]

MOST_MESSAGE_BYTES: Final = 16 * 1024**2
"""Room for the list of a very large home."""
_OPTIONS: Final = (
    ("grpc.max_receive_message_length", MOST_MESSAGE_BYTES),
    # A gateway that comes back is seen soon: gRPC's own waits grow to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 1000),
    ("grpc.max_reconnect_backoff_ms", 2000),
    # One that has gone without a word is noticed.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5000),
    # A channel is not shared behind our back: another certificate is another connection.
    ("grpc.use_local_subchannel_pool", 1),
)


class Channels:
    """The channel in use.

    Args:
        address: host:port.
        server_name: the name that the server's certificate must have; empty: the host.
        pems: our certificates.
        grace: seconds that calls on a replaced channel may take to finish.

    Raises:
        SetupError: gRPC would also speak TLS 1.2.
    """

    def __init__(self, address: str, server_name: str, pems: Pems, *, grace: float) -> None:
        tls_floor.require()
        self._address = address
        self._options: list[tuple[str, str | int]] = list(_OPTIONS)
        if server_name:
            self._options.append(("grpc.ssl_target_name_override", server_name))
        self._grace = grace
        self._closing: set[asyncio.Task[None]] = set()
        self.current = self._open(pems)

    def renew(self, pems: Pems) -> None:
        """Uses other certificates from now on; calls that are under way finish."""
        closing = asyncio.create_task(self.current.close(self._grace))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self.current = self._open(pems)

    async def aclose(self) -> None:
        """Closes all there are."""
        await self.current.close()
        for closing in tuple(self._closing):
            closing.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _open(self, pems: Pems) -> aio.Channel:
        credentials = grpc.ssl_channel_credentials(pems.ca, pems.key, pems.certificate)
        return aio.secure_channel(self._address, credentials, options=self._options)
