"""The list of models in OpenAI's shape, and what we say beyond it.

https://platform.openai.com/docs/api-reference/models/list
"""

from collections import Counter
from typing import Annotated, Final, Literal

import msgspec

from tritone.routing import ModelCard, State

__all__ = ["ModelList", "ModelObject", "listed", "shown"]

_OWNER: Final = "tritone"


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version; `name@version` is its id."""

    version: str
    state: Annotated[State, msgspec.Meta(description="The best it has on any backend.")]
    backends: Annotated[
        dict[str, int], msgspec.Meta(description="On how many backends it has which state.")
    ]


class ModelObject(msgspec.Struct, frozen=True, kw_only=True):
    """A model, or another name of one."""

    id: str
    object: Literal["model"] = "model"
    created: Annotated[int, msgspec.Meta(description="When it was first seen, Unix seconds.")]
    owned_by: str = _OWNER
    state: State
    capabilities: Annotated[
        list[str],
        msgspec.Meta(
            description="Of chat, completion, transcription, translation, speech, embedding, "
            "rerank, vad, intent and voice."
        ),
    ]
    aliases: Annotated[list[str], msgspec.Meta(description="Its other names.")]
    versions: list[ModelVersion]
    backends: Annotated[
        dict[str, int], msgspec.Meta(description="On how many backends its best state is which.")
    ]


class ModelList(msgspec.Struct, frozen=True, kw_only=True):
    """Every model; each alias is an entry of its own, for clients that look for a name."""

    object: Literal["list"] = "list"
    data: list[ModelObject]


def shown(card: ModelCard, name: str) -> ModelObject:
    """A model under one of its names. Where the backends are is no caller's business."""
    return ModelObject(
        id=name,
        created=card.created,
        state=card.state,
        capabilities=list(card.capabilities),
        aliases=list(card.aliases),
        versions=[
            ModelVersion(
                version=version,
                state=card.state_of(version),
                backends=dict(Counter(states.values())),
            )
            for version, states in card.versions.items()
        ],
        backends=dict(Counter(card.backends.values())),
    )


def listed(cards: tuple[ModelCard, ...]) -> ModelList:
    """All of them."""
    return ModelList(
        data=[shown(card, name) for card in cards for name in (card.name, *card.aliases)]
    )
