"""Requests as a client makes them: with an id, and checked for what their subjects can hold."""

import re
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final, TypedDict

from tritone.errors import InvalidInput
from tritone.nats.subjects import check_request_id
from tritone.nats.wire import ChatRequest, Job, VoiceRequest

__all__ = ["ChatOptions", "VoiceOptions", "chat_request", "job", "voice_request"]

_USER: Final = re.compile(r"[^\s.*>]+")


class ChatOptions(TypedDict, total=False):
    """What a chat may say beside the message; see docs/nats.md."""

    username: str
    premium: bool
    enable_rag: bool
    enable_reranker: bool
    top_k: int
    session_id: str
    metadata: dict[str, Any]


class VoiceOptions(TypedDict, total=False):
    """What a spoken turn may say beside the recording; see docs/nats.md."""

    format: str
    sample_rate: int
    premium: bool
    enable_rag: bool
    language: str
    metadata: dict[str, Any]


def chat_request(
    message: str, user_id: str, request_id: str, options: ChatOptions, *, stream: bool = True
) -> ChatRequest:
    """What a user says; an empty `request_id` makes a new one. Raises InvalidInput."""
    return ChatRequest(
        request_id=_request_id(request_id),
        user_id=_user(user_id),
        message=message,
        enable_streaming=stream,
        timestamp=time.time(),
        **options,
    )


def voice_request(
    audio: bytes, user_id: str, request_id: str, options: VoiceOptions
) -> VoiceRequest:
    """A spoken turn; likewise."""
    return VoiceRequest(
        request_id=_request_id(request_id),
        user_id=_user(user_id),
        audio=audio,
        timestamp=time.time(),
        **options,
    )


def job(payload: Mapping[str, Any], user_id: str) -> Job:
    """A pipeline's job, of what of its payload is not None."""
    return Job(
        request_id=_request_id(""),
        user_id=user_id,
        payload={name: value for name, value in payload.items() if value is not None},
        timestamp=time.time(),
    )


def _request_id(given: str) -> str:
    return check_request_id(given) if given else str(uuid.uuid4())


def _user(user_id: str) -> str:
    if not _USER.fullmatch(user_id):
        raise InvalidInput(
            f"user_id {user_id[:40]!r} cannot be part of a subject: no dots, blanks, * or >",
            param="user_id",
        )
    return user_id
