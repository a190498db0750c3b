"""What Prometheus reads of a door's queues, at the moment it asks."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from tritone.access.admission import Admission

__all__ = ["lane_metrics"]


def lane_metrics(prefix: str, admission: Admission) -> Iterable[Metric]:
    """``PREFIX_lane_running`` and its like, by lane."""
    running = GaugeMetricFamily(
        f"{prefix}_lane_running", "Requests that have a place", labels=["lane"]
    )
    waiting = GaugeMetricFamily(
        f"{prefix}_lane_waiting", "Requests that wait for a place", labels=["lane"]
    )
    refused = CounterMetricFamily(
        f"{prefix}_lane_refused", "Requests told to come back later", labels=["lane"]
    )
    for lane, figures in admission.figures().items():
        running.add_metric([lane], figures.running)
        waiting.add_metric([lane], figures.waiting)
        refused.add_metric([lane], figures.refused)
    return running, waiting, refused
