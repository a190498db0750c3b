"""POST /v1/rerank as Jina and Cohere's version 1 have it, POST /v2/rerank as Cohere's version 2."""

from typing import Any

from litestar import Request, post
from litestar.params import JSONBody

from edge.errors import responses
from edge.given import Given
from edge.streaming import unless_gone
from edge.wire.rerank import (
    CohereBody,
    CohereResults,
    RerankBody,
    RerankResults,
    as_cohere,
    as_jina,
)
from tritone.calls import Caller
from tritone.contract import RERANKER
from tritone.routing import Catalog
from tritone.usecases.reranking import Ranking
from tritone.usecases.reranking import rerank as sort

__all__ = ["rerank", "rerank_v2"]


@post(
    "/v1/rerank",
    status_code=200,
    opt={"scope": "embedding", "lane": "embedding"},
    tags=["embeddings"],
    summary="Sort documents by a query",
    operation_id="createRerank",
    responses=responses(),
)
async def rerank(
    request: Request[Any, Any, Any],
    data: JSONBody[RerankBody],
    caller: Given[Caller],
    catalog: Given[Catalog],
) -> RerankResults:
    """The documents that answer the query best, best first."""
    return as_jina(await _sorted(request, data, caller, catalog), data)


@post(
    "/v2/rerank",
    status_code=200,
    opt={"scope": "embedding", "lane": "embedding"},
    tags=["embeddings"],
    summary="Sort documents by a query, for Cohere's clients",
    operation_id="createRerankV2",
    responses=responses(),
)
async def rerank_v2(
    request: Request[Any, Any, Any],
    data: JSONBody[CohereBody],
    caller: Given[Caller],
    catalog: Given[Catalog],
) -> CohereResults:
    """As `/v1/rerank`, in the shape of Cohere's version 2."""
    return as_cohere(await _sorted(request, data, caller, catalog), data)


async def _sorted(
    request: Request[Any, Any, Any], data: RerankBody, caller: Caller, catalog: Catalog
) -> Ranking:
    model = catalog.resolve(data.model, RERANKER)
    return await unless_gone(request, sort(caller, model, data.query, data.texts(), data.top_n))
