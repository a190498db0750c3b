"""From a message to what it asks for."""

from dataclasses import dataclass
from typing import Final

import msgspec

from bridge.jetstream.delivery import Incoming
from bridge.jetstream.shapes import JobShape, SpokenShape, WrittenShape
from tritone.errors import InvalidInput
from tritone.nats import kept
from tritone.nats.subjects import Area, Route, check_request_id, route_of
from tritone.nats.wire import ChatRequest, Job, VoiceRequest, unpack

__all__ = ["Order", "area_of", "read", "sender"]

_KINDS: Final[dict[Area, type[ChatRequest] | type[VoiceRequest] | type[Job]]] = {
    "chat": ChatRequest,
    "voice": VoiceRequest,
    "pipeline": Job,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request, and how it is to be answered.

    Attributes:
        route: what its subject says.
        request_id: of the request.
        request: what is asked; None where that cannot be read.
        shape: of its answers.
        chunked: whether its answer is also told in chunks.
    """

    route: Route
    request_id: str
    request: ChatRequest | VoiceRequest | Job | None
    shape: WrittenShape | JobShape
    chunked: bool


def read(incoming: Incoming) -> Order:
    """What a message asks for.

    Raises:
        InvalidInput: it breaks the protocol; the message says where.
    """
    route = route_of(incoming.subject)
    request = unpack(_KINDS[route.area], incoming.data)
    check_request_id(request.request_id)
    if route.user_id and route.user_id != request.user_id:
        raise InvalidInput(
            f"user_id is {request.user_id[:40]!r}, the subject says {route.user_id[:40]!r}",
            param="user_id",
        )
    return _order(route, request.request_id, request.user_id, request)


class _Sender(msgspec.Struct):
    """What there is to know of a message that cannot be read."""

    request_id: str


def sender(incoming: Incoming) -> Order | None:
    """How to answer a message that breaks the protocol, where it says at least who it is."""
    try:
        route = route_of(incoming.subject)
        request_id = check_request_id(unpack(_Sender, incoming.data).request_id)
    except InvalidInput:
        return None
    return _order(route, request_id, route.user_id, None)


def area_of(subject: str) -> Area:
    """Which handler a message is for, even if nobody answers its subject."""
    words = subject.split(".")
    for area in _KINDS:
        if words[1:2] == [area]:
            return area
    return "pipeline"


def _order(
    route: Route, request_id: str, user_id: str, request: ChatRequest | VoiceRequest | Job | None
) -> Order:
    shape: WrittenShape | JobShape
    if route.area == "chat":
        shape = WrittenShape(request_id, kept.chat_answer(request_id))
    elif route.area == "voice":
        shape = SpokenShape(request_id, kept.voice_answer(request_id))
    else:
        assert route.kind, "a pipeline's subject has a kind"
        shape = JobShape(request_id, kept.job_answer(route.kind, request_id), user_id)
    return Order(
        route=route,
        request_id=request_id,
        request=request,
        shape=shape,
        chunked=isinstance(shape, WrittenShape)
        and not (isinstance(request, ChatRequest) and request.enable_streaming is False),
    )
