"""POST /v1/chat/completions."""

from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from edge import sse
from edge.errors import responses
from edge.given import Given
from edge.pieces import events
from edge.streaming import stream, unless_gone
from edge.wire.chat import ChatCompletion, Chunks, completion
from edge.wire.chat_request import ChatBody, request_of
from edge.wire.fingerprint import fingerprint_of
from edge.wire.sampling import naming
from tritone.calls import Caller
from tritone.contract import CHAT
from tritone.routing import Catalog
from tritone.usecases.completion import complete, variants, write

__all__ = ["chat"]


@post(
    "/v1/chat/completions",
    status_code=200,
    opt={
        "scope": "chat",
        "lane": "chat",
        "produces": {sse.MEDIA_TYPE: "chat.completion.chunk events, and `[DONE]`."},
    },
    tags=["chat"],
    summary="The next message of a conversation",
    operation_id="createChatCompletion",
    responses={
        200: ResponseSpec(
            ChatCompletion,
            description="The answers; events, if `stream` is set.",
            generate_examples=False,
        ),
        **responses(),
    },
)
async def chat(
    request: Request[Any, Any, Any],
    data: JSONBody[ChatBody],
    caller: Given[Caller],
    catalog: Given[Catalog],
) -> Response[Any]:
    """Text, JSON after a schema, or calls of tools."""
    model = catalog.resolve(data.model, CHAT)
    asked = variants(request_of(data), data.answers)
    if data.stream:
        chunks = Chunks(data, fingerprint_of(model))
        told = events(write(caller, model, asked), chunks, usage=data.wants_usage)
        return await stream(request, told, media_type=sse.MEDIA_TYPE)
    with naming():
        answers = await unless_gone(request, complete(caller, model, asked))
    whole = completion(data, fingerprint_of(model), answers)
    return Response(whole, media_type=MediaType.JSON)
