"""POST /v1/chat/completions."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from edge import sse
from edge.errors import responses
from edge.given import Given
from edge.streaming import stream, unless_gone
from edge.wire.chat import ChatBody, ChatCompletion, Chunks, completion, request_of
from edge.wire.fingerprint import fingerprint_of
from edge.wire.sampling import naming
from tritone.calls import Caller
from tritone.contract import CHAT, LlmResponse
from tritone.routing import Catalog
from tritone.usecases.completion import Piece, complete, variants, write

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
        pieces = write(caller, model, asked)
        events = sse.guarded(_events(pieces, Chunks(data, fingerprint_of(model)), data))
        return await stream(request, events, media_type=sse.MEDIA_TYPE)
    with naming():
        answers = await unless_gone(request, complete(caller, model, asked))
    whole = completion(data, fingerprint_of(model), answers)
    return Response(whole, media_type=MediaType.JSON)


async def _events(
    pieces: AsyncGenerator[Piece, None], chunks: Chunks, body: ChatBody
) -> AsyncGenerator[bytes, None]:
    last: dict[int, LlmResponse] = {}
    async with contextlib.aclosing(pieces):
        with naming():
            async for index, response in pieces:
                if response.finish_reason:
                    last[index] = response
                made = [sse.event(chunk) for chunk in chunks.of(index, response)]
                if made:
                    yield b"".join(made)
    if body.wants_usage:
        yield sse.event(chunks.usage(list(last.values())))
    yield sse.DONE
