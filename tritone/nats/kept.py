"""Where the answer to each kind of request is kept."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from tritone.nats import subjects
from tritone.nats.wire import ChatChunk, JobAnswer, VoiceChunk

__all__ = ["Kept", "chat_answer", "job_answer", "voice_answer"]

A = TypeVar("A", bound=ChatChunk | JobAnswer)


@dataclass(frozen=True, slots=True)
class Kept(Generic[A]):
    """Where an answer is.

    Attributes:
        kind: of its messages.
        subject: of the whole answer.
        stream: that keeps it.
        chunk_subject: of its chunks, or empty.
        chunk_stream: that keeps those.
    """

    kind: type[A]
    subject: str
    stream: str
    chunk_subject: str = ""
    chunk_stream: str = ""


def chat_answer(request_id: str) -> Kept[ChatChunk]:
    """That to what a user says."""
    return Kept(
        ChatChunk,
        subjects.chat_answer(request_id),
        "AI_CHAT_RESPONSE",
        subjects.chat_stream(request_id),
        "AI_CHAT_STREAM",
    )


def voice_answer(request_id: str) -> Kept[VoiceChunk]:
    """That to a spoken turn."""
    return Kept(
        VoiceChunk,
        subjects.voice_answer(request_id),
        "AI_VOICE_STREAM",
        subjects.voice_stream(request_id),
        "AI_VOICE_RESPONSE_STREAM",
    )


def job_answer(kind: subjects.PipelineKind, request_id: str) -> Kept[JobAnswer]:
    """A job's result."""
    return Kept(JobAnswer, subjects.pipeline_answer(kind, request_id), "AI_PIPELINE")
