"""The JetStream streams, as data.

`AI_VOICE_STREAM` was `ai.voice.>` once. JetStream refuses that beside `AI_VOICE_RESPONSE_STREAM`,
since subjects of two streams must not overlap, so its subjects are written out: all of `ai.voice.>`
that services send but `ai.voice.response.stream.>`.
"""

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["ANSWERED_BUCKET", "CONSUMERS", "STREAMS", "ConsumerSpec", "StreamSpec", "stream_named"]

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

ANSWERED_BUCKET: Final = "tritone-answered"
"""The key-value bucket of the ids of requests that have their answer."""
ANSWERED_SECONDS: Final = DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSpec:
    """A stream; all have retention by limits.

    Attributes:
        name: of the stream.
        subjects: what it keeps.
        max_age: seconds that it keeps it.
        storage: where.
        about: what it is for.
        duplicates: seconds within which a repeated `Nats-Msg-Id` is dropped.
    """

    name: str
    subjects: tuple[str, ...]
    max_age: float
    storage: Literal["file", "memory"]
    about: str
    duplicates: float = 2 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerSpec:
    """A durable pull consumer with explicit acknowledgement that begins with new messages.

    Attributes:
        name: its durable name.
        stream: what it reads.
        subjects: which of the stream's.
        ack_wait: seconds after which a message that nobody works on is delivered again.
        max_deliver: how often a message is delivered.
        max_ack_pending: messages delivered and not acknowledged, over all replicas. Those that
            wait for another try count, so it is far more than are worked on.
    """

    name: str
    stream: str
    subjects: tuple[str, ...]
    ack_wait: float = 30.0
    max_deliver: int = 3
    max_ack_pending: int = 1000


STREAMS: Final = (
    StreamSpec(
        name="COMPANIONS_LOGINS",
        subjects=("ai.chat.user.*.login",),
        max_age=7 * DAY,
        storage="file",
        about="users who have come",
    ),
    StreamSpec(
        name="COMPANIONS_CHAT",
        subjects=("ai.chat.user.*.message", "ai.chat.user.*.greeting.*"),
        max_age=30 * DAY,
        storage="file",
        about="what users say",
    ),
    StreamSpec(
        name="AI_CHAT_STREAM",
        subjects=("ai.chat.response.stream.>",),
        max_age=5 * MINUTE,
        storage="memory",
        about="answers while they are written",
    ),
    StreamSpec(
        name="AI_CHAT_RESPONSE",
        subjects=("ai.chat.response.*",),
        max_age=HOUR,
        storage="file",
        about="whole answers",
    ),
    StreamSpec(
        name="AI_VOICE_STREAM",
        subjects=("ai.voice.*", "ai.voice.user.>", "ai.voice.response.*"),
        max_age=HOUR,
        storage="file",
        about="spoken turns, and whole answers to them",
    ),
    StreamSpec(
        name="AI_VOICE_RESPONSE_STREAM",
        subjects=("ai.voice.response.stream.>",),
        max_age=5 * MINUTE,
        storage="memory",
        about="spoken answers while they are made",
    ),
    StreamSpec(
        name="AI_PIPELINE",
        subjects=("ai.pipeline.>",),
        max_age=DAY,
        storage="file",
        about="jobs and their results",
    ),
    StreamSpec(
        name="AI_DLQ",
        subjects=("ai.dlq.>",),
        max_age=7 * DAY,
        storage="file",
        about="messages that could not be answered",
    ),
    StreamSpec(
        name="AI_EXHAUSTED",
        subjects=("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>",),
        max_age=7 * DAY,
        storage="file",
        about="the server's notices of messages that it will not deliver again",
    ),
)
"""All but the last and `AI_CHAT_RESPONSE` are the platform's; those two are the bridge's own."""

CONSUMERS: Final = (
    ConsumerSpec(
        name="chat-handler",
        stream="COMPANIONS_CHAT",
        subjects=("ai.chat.user.*.message", "ai.chat.user.*.greeting.*"),
    ),
    ConsumerSpec(
        name="voice-handler",
        stream="AI_VOICE_STREAM",
        subjects=("ai.voice.request", "ai.voice.user.*.request"),
    ),
    ConsumerSpec(
        name="pipeline-handler",
        stream="AI_PIPELINE",
        subjects=("ai.pipeline.*.request",),
    ),
    # Sees all that `pipeline-handler` sees, which leaves transcriptions to it: what takes long must
    # not hold up what is short.
    ConsumerSpec(
        name="transcription-handler",
        stream="AI_PIPELINE",
        subjects=("ai.pipeline.transcription.request",),
    ),
    ConsumerSpec(
        name="exhausted-handler",
        stream="AI_EXHAUSTED",
        subjects=(
            "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.COMPANIONS_CHAT.chat-handler",
            "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.AI_VOICE_STREAM.voice-handler",
            "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.AI_PIPELINE.pipeline-handler",
            "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.AI_PIPELINE.transcription-handler",
        ),
    ),
)


def stream_named(name: str) -> StreamSpec:
    """One of them. Raises KeyError."""
    return {stream.name: stream for stream in STREAMS}[name]
