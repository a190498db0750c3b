"""What Prometheus reads at ``/metrics``. Times are seconds.

A label never holds what a caller made up: routes are templates, models are resolved names.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_WAITS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_GAPS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
_FACTORS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)


class Metrics:
    """The door's metrics, in a registry of their own so that two doors fit one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tritone_edge_requests_total",
            "Requests answered",
            ["route", "status"],
            registry=self.registry,
        )
        self.errors = Counter(
            "tritone_edge_errors_total",
            "Errors by their stable code, those in mid-stream included",
            ["route", "code"],
            registry=self.registry,
        )
        self.running = Gauge(
            "tritone_edge_requests_running",
            "Requests that are being answered",
            registry=self.registry,
        )
        self.duration = Histogram(
            "tritone_edge_request_seconds",
            "From the request's arrival to the end of its answer",
            ["route"],
            buckets=_WAITS,
            registry=self.registry,
        )
        self.first_token = Histogram(
            "tritone_edge_time_to_first_token_seconds",
            "From the request's arrival to the first piece of a streamed text",
            ["route"],
            buckets=_WAITS,
            registry=self.registry,
        )
        self.inter_token = Histogram(
            "tritone_edge_inter_token_seconds",
            "Between two pieces of a streamed text",
            ["route"],
            buckets=_GAPS,
            registry=self.registry,
        )
        self.first_audio = Histogram(
            "tritone_edge_time_to_first_audio_seconds",
            "From the request's arrival to the first byte of audio",
            ["route"],
            buckets=_WAITS,
            registry=self.registry,
        )
        self.real_time_factor = Histogram(
            "tritone_edge_real_time_factor",
            "Seconds of work for a second of audio heard or spoken",
            ["route"],
            buckets=_FACTORS,
            registry=self.registry,
        )

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)
