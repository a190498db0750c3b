"""The OpenAPI document: Litestar's, plus what it cannot say of answers with several media types.

A handler names them in its options: ``opt={"produces": {"text/event-stream": "…"}}``.
"""

import importlib.metadata
from typing import Any

from litestar import Litestar, MediaType, Request, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from edge.schemas import components, either
from edge.sse import MEDIA_TYPE

__all__ = ["config", "document"]


def config() -> OpenAPIConfig:
    """Litestar's part."""
    return OpenAPIConfig(
        title="Tritone",
        version=importlib.metadata.version("tritone"),
        description="Speech, language and embeddings in the shape of OpenAI's API.",
        path="/schema",
        render_plugins=[JsonRenderPlugin(path="/litestar.json")],
        components=Components(
            security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}
        ),
    )


@get("/openapi.json", include_in_schema=False, media_type=MediaType.JSON, sync_to_thread=False)
def document(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The document."""
    state = request.app.state
    if not hasattr(state, "openapi"):
        state.openapi = _with_media_types(request.app)
    return Response(state.openapi)


def _with_media_types(app: Litestar) -> dict[str, Any]:
    document: dict[str, Any] = either(app.openapi_schema.to_schema())
    document["components"]["schemas"].update(components(app))
    for route in app.routes:
        for method, handler in getattr(route, "route_handler_map", {}).items():
            found = handler[0] if isinstance(handler, tuple) else handler
            operation = document["paths"].get(route.path_format, {}).get(str(method).lower())
            if operation is None:
                continue
            if found.opt.get("scope"):
                operation["security"] = [{"key": []}, {}]
            success = operation["responses"].get("200", {})
            for media_type, description in found.opt.get("produces", {}).items():
                success.setdefault("content", {})[media_type] = {
                    "schema": {"description": description, **_type(media_type)}
                }
    return document


def _type(media_type: str) -> dict[str, str]:
    """What a schema says of a body that is no JSON."""
    if media_type == MEDIA_TYPE:
        return {}  # readers differ in whether it is the text's schema or that of an event
    if media_type.startswith("audio/"):
        return {"type": "string", "format": "binary"}
    return {"type": "string"}
