"""What Prometheus reads of AIService. Times are seconds.

A label never holds what a client made up: methods, codes, paths and intents are known names.
"""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tritone.access.admission import Admission
from tritone.access.gauges import lane_metrics

__all__ = ["Lanes", "Metrics"]

_TIMES: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The door's metrics, in a registry of their own so that two doors fit one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tritone_rpc_requests_total",
            "Calls that ended, by gRPC's name of their status",
            ["method", "code"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "tritone_rpc_seconds",
            "From a call's arrival to its end; path is template, model, or none",
            ["method", "path"],
            buckets=_TIMES,
            registry=self.registry,
        )
        self.running = Gauge(
            "tritone_rpc_running", "Calls that have not ended", registry=self.registry
        )
        self.actions = Counter(
            "tritone_rpc_actions_total",
            "Things that were to be done; verified: whether they were seen to be done",
            ["intent", "verified"],
            registry=self.registry,
        )

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)


class Lanes(Collector):
    """What the queues are like, read when `/metrics` is.

    Args:
        admission: the queues.
    """

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        yield from lane_metrics("tritone_rpc", self._admission)
