"""gRPC's health service: https://github.com/grpc/grpc/blob/master/doc/health-checking.md.

Not the one of grpcio-health-checking, whose messages it uses: there a watcher that leaves takes
with it what wakes the others of its service, which then never hear that the server stops.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import grpc
from grpc_health.v1 import health_pb2

from bridge.calls.around import Context

__all__ = ["Health"]

_Status = health_pb2.HealthCheckResponse
_MOST_WATCHERS: Final = 256


class Health:
    """Says that services serve, until it is told that they stop.

    Args:
        services: their names; the empty one, which stands for all, is known without.
    """

    def __init__(self, *services: str) -> None:
        self._services = frozenset({"", *services})
        self._stopping = asyncio.Event()
        self._watchers = 0

    def stop(self) -> None:
        """From now on none serves; who watches is told."""
        self._stopping.set()

    async def Check(  # noqa: N802 - gRPC's name
        self, request: health_pb2.HealthCheckRequest, context: Context
    ) -> health_pb2.HealthCheckResponse:
        """The state of a service."""
        if request.service not in self._services:
            await context.abort(grpc.StatusCode.NOT_FOUND, "there is no service of that name")
        return _Status(status=self._status(request.service))

    async def Watch(  # noqa: N802 - gRPC's name
        self, request: health_pb2.HealthCheckRequest, context: Context
    ) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        """The state of a service, and what it is at the end, which ends the watching."""
        if self._watchers >= _MOST_WATCHERS:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many watch already")
        self._watchers += 1
        try:
            yield _Status(status=self._status(request.service))
            await self._stopping.wait()
            yield _Status(status=self._status(request.service))
        finally:
            self._watchers -= 1

    def _status(self, service: str) -> int:
        if service not in self._services:
            return int(_Status.SERVICE_UNKNOWN)
        return int(_Status.NOT_SERVING if self._stopping.is_set() else _Status.SERVING)
