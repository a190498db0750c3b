"""GET /v1/models, and one of them."""

from typing import Annotated

from litestar import get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter

from edge.errors import responses
from edge.given import Given
from edge.wire.models import ModelList, ModelObject, listed, shown
from tritone.routing import Catalog

__all__ = ["list_models", "retrieve_model"]


@get(
    "/v1/models",
    opt={"scope": "models"},
    tags=["models"],
    summary="The models there are",
    operation_id="listModels",
    sync_to_thread=False,
    responses={
        200: ResponseSpec(ModelList, description="The models.", generate_examples=False),
        **responses(),
    },
)
def list_models(catalog: Given[Catalog]) -> ModelList:
    """Models with their versions, state and capabilities; aliases are entries, too."""
    return listed(catalog.cards())


@get(
    "/v1/models/{model:path}",
    opt={"scope": "models"},
    tags=["models"],
    summary="One model",
    operation_id="retrieveModel",
    sync_to_thread=False,
    responses={
        200: ResponseSpec(ModelObject, description="The model.", generate_examples=False),
        **responses(),
    },
)
def retrieve_model(
    model: Annotated[str, Parameter(description="A model, `model@version`, or an alias.")],
    catalog: Given[Catalog],
) -> ModelObject:
    """A model by any of its names. Names of models may hold slashes, so the rest is the name."""
    name = model.removeprefix("/")
    return shown(catalog.card(name), name)
