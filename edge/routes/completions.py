"""POST /v1/completions."""

from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from edge import sse
from edge.errors import responses
from edge.given import Given
from edge.pieces import events
from edge.streaming import stream, unless_gone
from edge.wire.completions import CompletionBody, TextCompletion, Texts, requests_of
from edge.wire.fingerprint import fingerprint_of
from edge.wire.sampling import naming
from tritone.calls import Caller
from tritone.contract import LLM
from tritone.routing import Catalog
from tritone.usecases.completion import complete, write

__all__ = ["completions"]


@post(
    "/v1/completions",
    status_code=200,
    opt={
        "scope": "chat",
        "lane": "chat",
        "produces": {sse.MEDIA_TYPE: "text_completion events, and `[DONE]`."},
    },
    tags=["chat"],
    summary="The continuation of a text",
    operation_id="createCompletion",
    responses={
        200: ResponseSpec(
            TextCompletion,
            description="The continuations; events, if `stream` is set.",
            generate_examples=False,
        ),
        **responses(),
    },
)
async def completions(
    request: Request[Any, Any, Any],
    data: JSONBody[CompletionBody],
    caller: Given[Caller],
    catalog: Given[Catalog],
) -> Response[Any]:
    """The model goes on with the text as it stands, without the manners of a conversation."""
    model = catalog.resolve(data.model, LLM)
    asked = requests_of(data)
    texts = Texts(data, fingerprint_of(model))
    if data.stream:
        told = events(write(caller, model, asked), texts, usage=data.wants_usage)
        return await stream(request, told, media_type=sse.MEDIA_TYPE)
    with naming():
        answers = await unless_gone(request, complete(caller, model, asked))
    return Response(texts.whole(answers), media_type=MediaType.JSON)
