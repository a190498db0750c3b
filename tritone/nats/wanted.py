"""The streams, consumers and the bucket as JetStream's own configurations."""

from typing import Final

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from tritone.nats.streams import ANSWERED_BUCKET, ANSWERED_SECONDS, MINUTE, ConsumerSpec, StreamSpec

__all__ = ["BUCKET_STREAM", "bucket_config", "consumer_config", "stream_config"]

BUCKET_STREAM: Final = f"KV_{ANSWERED_BUCKET}"


def stream_config(spec: StreamSpec, replicas: int) -> StreamConfig:
    """A stream that can also be read message by message."""
    return StreamConfig(
        name=spec.name,
        description=spec.about,
        subjects=list(spec.subjects),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType(spec.storage),
        max_age=spec.max_age,
        duplicate_window=spec.duplicates,
        num_replicas=replicas,
        allow_direct=True,
    )


def bucket_config(replicas: int) -> StreamConfig:
    """A key-value bucket is a stream.

    See https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-8.md
    """
    return StreamConfig(
        name=BUCKET_STREAM,
        description="ids of requests that have their answer",
        subjects=[f"$KV.{ANSWERED_BUCKET}.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=ANSWERED_SECONDS,
        duplicate_window=2 * MINUTE,
        num_replicas=replicas,
        allow_direct=True,
        discard=DiscardPolicy.NEW,
        max_msgs_per_subject=1,
        allow_rollup_hdrs=True,
        deny_delete=True,
    )


def consumer_config(spec: ConsumerSpec) -> ConsumerConfig:
    """A durable pull consumer; its replicas are those of its stream."""
    return ConsumerConfig(
        name=spec.name,
        durable_name=spec.name,
        deliver_policy=DeliverPolicy.NEW,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=spec.ack_wait,
        max_deliver=spec.max_deliver,
        max_ack_pending=spec.max_ack_pending,
        filter_subjects=list(spec.subjects),
    )
