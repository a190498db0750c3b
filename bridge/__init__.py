"""The doors for services: NATS JetStream, and gRPC."""

from tritone.house import tls_floor

__all__: list[str] = []

# Here, because it must come before anything imports grpc.
tls_floor.lay()
