"""The gateway on its port: its services, health, what goes around calls, and the end."""

from typing import Final, Self

import grpc
from grpc_health.v1 import health_pb2_grpc

from bridge.calls.health import Health
from bridge.calls.refusing import Refusing
from bridge.gateway.observing import Observing
from bridge.gateway.services import Actions, Entities, Lights
from tritone.access.listening import Listen
from tritone.errors import PortInUse
from tritone.house import tls_floor
from tritone.house.port import House
from tritone.protos.ha.v1 import ha_pb2, ha_pb2_grpc

__all__ = ["MOST_CALLS", "Door"]

MOST_CALLS: Final = 256
"""At once; who comes then gets RESOURCE_EXHAUSTED."""
_OPTIONS: Final = (
    # By default two servers may share a port, each unaware of the other.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", 64 * 1024),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
)


class Door:
    """A gateway; an async context manager.

    Args:
        house: what it serves; closed by who made it.
        listen: where.
        credentials: that want a certificate of every client.

    Attributes:
        port: where it listens.

    Raises:
        SetupError: gRPC would also speak TLS 1.2.
    """

    def __init__(self, house: House, listen: Listen, credentials: grpc.ServerCredentials) -> None:
        tls_floor.require()
        self.port = 0
        self._listen = listen
        self._credentials = credentials
        services = [each.full_name for each in ha_pb2.DESCRIPTOR.services_by_name.values()]
        self._health = Health(*services)
        self._server = grpc.aio.server(
            interceptors=(Observing(), Refusing()),
            options=_OPTIONS,
            maximum_concurrent_rpcs=MOST_CALLS,
        )
        ha_pb2_grpc.add_LightServiceServicer_to_server(Lights(house), self._server)
        ha_pb2_grpc.add_EntityServiceServicer_to_server(Entities(house), self._server)
        ha_pb2_grpc.add_ActionServiceServicer_to_server(Actions(house), self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)

    async def __aenter__(self) -> Self:
        """Listens, and serves from then on. Raises PortInUse."""
        try:
            self.port = self._server.add_secure_port(self._listen.grpc, self._credentials)
        except RuntimeError:  # the reason goes to gRPC's own log only
            raise PortInUse(
                f"{self._listen} cannot be listened on: stop what is there, or set "
                "TRITONE_GATEWAY__LISTEN to another port of this machine"
            ) from None
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop(None)

    async def drain(self, seconds: float) -> None:
        """Takes no calls any more, and lets those that run finish for so long."""
        self._health.stop()
        await self._server.stop(seconds)
