"""POST /v1/embeddings."""

import asyncio
from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from edge.errors import responses
from edge.given import Given
from edge.streaming import unless_gone
from edge.wire.embeddings import EmbeddingsBody, EmbeddingsList, encode, texts
from tritone.calls import Caller
from tritone.contract import EMBEDDER
from tritone.errors import Unsupported
from tritone.routing import Catalog
from tritone.usecases.embedding import embed, width

__all__ = ["embeddings"]


@post(
    "/v1/embeddings",
    status_code=200,
    opt={"scope": "embedding", "lane": "embedding"},
    tags=["embeddings"],
    summary="Vectors of texts",
    operation_id="createEmbedding",
    responses={
        200: ResponseSpec(EmbeddingsList, description="The vectors.", generate_examples=False),
        **responses(),
    },
)
async def embeddings(
    request: Request[Any, Any, Any],
    data: JSONBody[EmbeddingsBody],
    caller: Given[Caller],
    catalog: Given[Catalog],
) -> Response[bytes]:
    """Unit vectors whose dot product says how alike two texts are in meaning."""
    model = catalog.resolve(data.model, EMBEDDER)
    if data.dimensions not in (None, width(model)):
        raise Unsupported(
            f"vectors of '{data.model}' have {width(model)} dimensions: leave `dimensions` out",
            param="dimensions",
        )
    found = await unless_gone(request, embed(caller, model, texts(data)))
    body = await asyncio.to_thread(encode, found, data.model, data.encoding_format)
    return Response(body, media_type=MediaType.JSON)
