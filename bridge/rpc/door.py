"""The door on its port: the service, health, reflection, what goes around calls, and the end."""

from typing import Final, Self

import grpc
from grpc_health.v1 import health_pb2_grpc

from bridge.calls.health import Health
from bridge.calls.refusing import Refusing
from bridge.rpc.metrics import Lanes, Metrics
from bridge.rpc.observing import Observing
from bridge.rpc.service import Asks, Service
from tritone.access.admission import Admission
from tritone.access.drain import Drain
from tritone.access.listening import Listen
from tritone.errors import PortInUse
from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc
from tritone.settings import RpcSettings

__all__ = ["SERVICE", "Door"]

SERVICE: Final = ai_pb2.DESCRIPTOR.services_by_name["AIService"].full_name

_LAST_SECONDS: Final = 1.0
"""Once no query runs: for the last answers to get out, and for what only looks at the door."""
_OPTIONS: Final = (
    # By default two servers may share a port, each unaware of the other.
    ("grpc.so_reuseport", 0),
    ("grpc.max_concurrent_streams", 256),
    # A client that vanished is noticed; one that pings all the time is hung up on.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 2),
    ("grpc.max_connection_idle_ms", 600_000),
)


class Door:
    """AIService on a port; an async context manager.

    Args:
        asking: what answers.
        settings: bounds.
        listen: where.
        admission: queues named after the paths of `tritone.usecases.house.answer`.
        credentials: for TLS; None speaks plain text.
        reflection: whether clients may ask which services there are.

    Attributes:
        metrics: of its calls.
        port: where it listens.
    """

    def __init__(
        self,
        asking: Asks,
        settings: RpcSettings,
        listen: Listen,
        admission: Admission,
        *,
        credentials: grpc.ServerCredentials | None = None,
        reflection: bool = False,
    ) -> None:
        self.metrics = Metrics()
        self.metrics.registry.register(Lanes(admission))
        self.port = 0
        self._listen = listen
        self._credentials = credentials
        self._drain = Drain()
        self._health = Health(SERVICE)
        self._server = grpc.aio.server(
            interceptors=(Observing(self.metrics), Refusing()),
            options=(*_OPTIONS, ("grpc.max_receive_message_length", settings.max_message_bytes)),
        )
        service = Service(asking, admission, self._drain, self.metrics, settings)
        ai_pb2_grpc.add_AIServiceServicer_to_server(service, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if reflection:
            # Only where it is asked for: it is the one part that not every server needs.
            from grpc_reflection.v1alpha import reflection as reflected

            health = "grpc.health.v1.Health"
            names = (SERVICE, health, reflected.SERVICE_NAME)
            reflected.enable_server_reflection(names, self._server)

    @property
    def reason(self) -> str:
        """Why it does not serve, or an empty text."""
        if self._drain.draining:
            return "AIService is being stopped"
        return "" if self.port else "AIService is not open yet"

    async def __aenter__(self) -> Self:
        """Listens, and serves from then on.

        Raises:
            PortInUse: the port is taken, or the address is not this machine's.
        """
        address = self._listen.grpc
        try:
            if self._credentials is None:
                self.port = self._server.add_insecure_port(address)
            else:
                self.port = self._server.add_secure_port(address, self._credentials)
        except RuntimeError:  # the reason goes to gRPC's own log only
            raise PortInUse(
                f"{self._listen} cannot be listened on: stop what is there, or set "
                "GRPC_LISTEN_ADDR to another port of this machine"
            ) from None
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop(None)

    async def drain(self, seconds: float) -> None:
        """Takes nothing on any more, and lets queries that run finish for so long.

        Until then it listens and refuses: gRPC's own stop cancels what comes meanwhile, which a
        client cannot tell from a cancel of its own.
        """
        self._drain.begin()
        self._health.stop()
        idle = await self._drain.idle(seconds)
        await self._server.stop(_LAST_SECONDS if idle else None)
