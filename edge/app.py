"""The door as a Litestar application: which handlers there are, and what they are given."""

from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import Middleware

from edge import openapi
from edge.errors import on_error
from edge.metrics import Metrics
from edge.readiness import Readiness
from edge.routes import (
    chat,
    completions,
    embeddings,
    health,
    models,
    rerank,
    speech,
    transcriptions,
)
from tritone.calls import Caller
from tritone.errors import TritoneError
from tritone.routing import Catalog
from tritone.settings import EdgeSettings

__all__ = ["Services", "build"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What handlers are given, by parameter name."""

    caller: Caller
    catalog: Catalog
    edge: EdgeSettings
    metrics: Metrics
    readiness: Readiness


def build(services: Services, *, middleware: list[Middleware] | None = None) -> Litestar:
    """The application.

    Args:
        services: what handlers are given.
        middleware: who may come in, and when: see `edge.middleware`.
    """
    edge = services.edge
    given = {name: _provide(getattr(services, name)) for name in Services.__slots__}
    return Litestar(
        route_handlers=[
            chat.chat,
            completions.completions,
            transcriptions.transcriptions,
            transcriptions.translations,
            speech.speech,
            embeddings.embeddings,
            rerank.rerank,
            rerank.rerank_v2,
            models.list_models,
            models.retrieve_model,
            health.live,
            health.ready,
            health.metrics,
            openapi.document,
        ],
        dependencies=given,
        middleware=middleware or [],
        exception_handlers={TritoneError: on_error, HTTPException: on_error, Exception: on_error},
        cors_config=_cors(edge) if edge.cors_origins else None,
        openapi_config=openapi.config(),
        request_max_body_size=edge.max_body_bytes,
        logging_config=None,
        debug=False,
    )


def _provide(value: Any) -> Provide:
    return Provide(lambda: value, sync_to_thread=False, use_cache=True)


def _cors(edge: EdgeSettings) -> CORSConfig:
    return CORSConfig(
        allow_origins=list(edge.cors_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", "x-request-id", "x-request-timeout"],
        expose_headers=[
            "x-request-id",
            "retry-after",
            "x-ratelimit-limit-requests",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
        ],
        max_age=600,
    )
