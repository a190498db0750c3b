"""For those who watch over the door: is it alive, can it serve, how does it do."""

from typing import Any, Literal

import msgspec
from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec

from edge.metrics import CONTENT_TYPE, Metrics
from edge.readiness import Readiness

__all__ = ["live", "metrics", "ready"]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it can serve, and what is missing."""

    status: Literal["ok", "unavailable"]
    reason: str = ""
    backends: dict[str, int] = {}


@get("/health/live", tags=["health"], summary="Whether the process answers", sync_to_thread=False)
def live() -> Health:
    """Answers as long as the process lives; to restart it when it does not."""
    return Health(status="ok")


@get(
    "/health/ready",
    tags=["health"],
    summary="Whether requests can be served",
    sync_to_thread=False,
    responses={503: ResponseSpec(Health, description="Not now.", generate_examples=False)},
)
def ready(readiness: NamedDependency[Readiness]) -> Response[Health]:
    """Answers 200 when a Triton serves, 503 while none does or the door is being stopped."""
    reason = readiness.reason()
    health = Health(
        status="unavailable" if reason else "ok", reason=reason, backends=readiness.backends()
    )
    return Response(health, status_code=503 if reason else 200)


@get("/metrics", tags=["health"], summary="Prometheus metrics", media_type=MediaType.TEXT)
async def metrics(metrics: NamedDependency[Metrics]) -> Response[Any]:
    """Times, counts and errors in Prometheus' text format."""
    return Response(metrics.text(), media_type=CONTENT_TYPE)
