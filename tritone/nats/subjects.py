"""The subjects of the platform's NATS messages: made and read in this one place.

Tokens are joined by dots; see https://docs.nats.io/nats-concepts/subjects.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from tritone.errors import InvalidInput

__all__ = [
    "CANCELS",
    "Area",
    "PipelineKind",
    "Route",
    "cancel",
    "chat_answer",
    "chat_greeting",
    "chat_login",
    "chat_message",
    "chat_stream",
    "check_request_id",
    "dead_letters",
    "pipeline_answer",
    "pipeline_request",
    "route_of",
    "voice_answer",
    "voice_request",
    "voice_stream",
]

Area = Literal["chat", "voice", "pipeline"]
PipelineKind = Literal["embedding", "reranking", "transcription"]

PIPELINE_KINDS: Final[tuple[PipelineKind, ...]] = ("embedding", "reranking", "transcription")
CANCELS: Final = "ai.cancel.*"
"""Everybody who works listens to it."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


def check_request_id(request_id: str) -> str:
    """A request's id, which becomes a token of its answers' subjects.

    Raises:
        InvalidInput: it is not 1 to 128 letters, digits, `-` or `_`; a UUID is.
    """
    if not _TOKEN.fullmatch(request_id):
        raise InvalidInput(
            f"request_id {request_id[:40]!r} cannot be part of a subject: send a UUID",
            param="request_id",
        )
    return request_id


def chat_message(user_id: str) -> str:
    """What a user says."""
    return f"ai.chat.user.{user_id}.message"


def chat_login(user_id: str) -> str:
    """That a user has come."""
    return f"ai.chat.user.{user_id}.login"


def chat_greeting(user_id: str, kind: str) -> str:
    """A greeting, which is answered as what a user says is."""
    return f"ai.chat.user.{user_id}.greeting.{kind}"


def chat_answer(request_id: str) -> str:
    """A whole answer."""
    return f"ai.chat.response.{request_id}"


def chat_stream(request_id: str) -> str:
    """An answer while it is written."""
    return f"ai.chat.response.stream.{request_id}"


def voice_request(user_id: str = "") -> str:
    """A spoken turn; without a user's id, that of the message counts."""
    return f"ai.voice.user.{user_id}.request" if user_id else "ai.voice.request"


def voice_answer(request_id: str) -> str:
    """A whole spoken answer."""
    return f"ai.voice.response.{request_id}"


def voice_stream(request_id: str) -> str:
    """A spoken answer while it is made."""
    return f"ai.voice.response.stream.{request_id}"


def pipeline_request(kind: PipelineKind) -> str:
    """A job."""
    return f"ai.pipeline.{kind}.request"


def pipeline_answer(kind: PipelineKind, request_id: str) -> str:
    """A job's result."""
    return f"ai.pipeline.{kind}.response.{request_id}"


def dead_letters(area: Area) -> str:
    """Where messages go that cannot be answered."""
    return f"ai.dlq.{area}"


def cancel(request_id: str) -> str:
    """Stops a request."""
    return f"ai.cancel.{request_id}"


@dataclass(frozen=True, slots=True)
class Route:
    """What a request's subject says.

    Attributes:
        area: which handler it is for.
        user_id: of the subject, or empty.
        kind: of a pipeline's job, or empty.
    """

    area: Area
    user_id: str = ""
    kind: PipelineKind | Literal[""] = ""


def route_of(subject: str) -> Route:
    """Where a request's subject leads.

    Raises:
        InvalidInput: it is no subject of requests.
    """
    match subject.split("."):
        case ["ai", "chat", "user", user_id, "message"]:
            return Route("chat", user_id)
        case ["ai", "chat", "user", user_id, "greeting", _]:
            return Route("chat", user_id)
        case ["ai", "voice", "user", user_id, "request"]:
            return Route("voice", user_id)
        case ["ai", "voice", "request"]:
            return Route("voice")
        case ["ai", "pipeline", kind, "request"]:
            for known in PIPELINE_KINDS:
                if kind == known:
                    return Route("pipeline", kind=known)
    raise InvalidInput(f"nobody answers requests on '{subject[:200]}'")
