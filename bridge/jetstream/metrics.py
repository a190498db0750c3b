"""What Prometheus reads of the bridge. Times are seconds.

A label never holds what a sender made up: areas, codes, streams and consumers are known names.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]

_TIMES: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The bridge's metrics, in a registry of their own so that two bridges fit one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.handled = Counter(
            "tritone_bridge_handled_total",
            "Messages answered, or found to be",
            ["area"],
            registry=self.registry,
        )
        self.failed = Counter(
            "tritone_bridge_failed_total",
            "Attempts that failed, by the error's stable code",
            ["area", "code"],
            registry=self.registry,
        )
        self.redelivered = Counter(
            "tritone_bridge_redelivered_total",
            "Messages that came once more",
            ["area"],
            registry=self.registry,
        )
        self.dead_letters = Counter(
            "tritone_bridge_dead_letters_total",
            "Messages that could not be answered",
            ["area", "code"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "tritone_bridge_handling_seconds",
            "From a message's arrival until it is done with",
            ["area"],
            buckets=_TIMES,
            registry=self.registry,
        )
        # A gauge, although its name ends as a counter's does: dashboards know it so.
        self.messages = Gauge(
            "nats_stream_messages_total",
            "Messages in the stream",
            ["stream"],
            registry=self.registry,
        )
        self.pending = Gauge(
            "nats_consumer_pending_messages",
            "Messages that the consumer has not delivered yet",
            ["stream", "consumer"],
            registry=self.registry,
        )
        self.ack_pending = Gauge(
            "nats_consumer_ack_pending",
            "Messages delivered and not acknowledged",
            ["stream", "consumer"],
            registry=self.registry,
        )

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)
