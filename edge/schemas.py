"""JSON Schemas of the Structs that handlers take and give, as msgspec itself writes them.

Litestar's own lose the bounds inside unions and lists, and a reader of the document could not know
what is refused.
"""

import typing
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

__all__ = ["components", "either"]


def components(app: Litestar) -> dict[str, Any]:
    """Schemas by the name of their class."""
    found: dict[str, Any] = {}
    for kind in {kind for handler in _handlers(app) for kind in _structs(handler)}:
        _, schemas = msgspec.json.schema_components(
            [kind], ref_template="#/components/schemas/{name}"
        )
        found.update(schemas)
    return found


def _handlers(app: Litestar) -> Iterator[HTTPRouteHandler]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.include_in_schema is not False:
                yield handler


def _structs(handler: HTTPRouteHandler) -> Iterator[type[msgspec.Struct]]:
    """What it takes, gives, and answers beside that."""
    given = [spec.data_container for spec in (handler.responses or {}).values()]
    given.append(handler.parsed_fn_signature.return_type.annotation)
    if handler.parsed_data_field is not None:
        given.append(handler.parsed_data_field.annotation)
    for kind in given:
        for each in typing.get_args(kind) or (kind,):  # one class, or a union of them
            if isinstance(each, type) and issubclass(each, msgspec.Struct):
                yield each


def either(node: Any) -> Any:
    """A schema in which what may be one of several may be more than one of them, too.

    Litestar writes unions as ``oneOf``, which forbids what two of their members allow: a transcript
    with times is also one without.
    """
    if isinstance(node, dict):
        return {"anyOf" if name == "oneOf" else name: either(value) for name, value in node.items()}
    return [either(value) for value in node] if isinstance(node, list) else node
