"""What is true at the moment Prometheus asks: lanes, keys' queue, backends."""

from collections.abc import Callable, Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tritone.access.admission import Admission
from tritone.access.gauges import lane_metrics
from tritone.routing import BackendState

__all__ = ["Gauges"]


class Gauges(Collector):
    """Read when `/metrics` is.

    Args:
        admission: the queues.
        backends: a callable that answers what the Tritons are like.
        retried: a callable that answers how many calls were tried on a second one.
    """

    def __init__(
        self,
        admission: Admission,
        backends: Callable[[], Iterable[BackendState]],
        retried: Callable[[], int],
    ) -> None:
        self._admission = admission
        self._backends = backends
        self._retried = retried

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        yield from lane_metrics("tritone_edge", self._admission)
        yield from self._of_backends()
        retried = CounterMetricFamily(
            "tritone_edge_retried", "Calls tried on a second backend", value=self._retried()
        )
        yield retried

    def _of_backends(self) -> Iterable[Metric]:
        up = GaugeMetricFamily(
            "tritone_edge_backend_up", "Whether a Triton is up", labels=["backend"]
        )
        running = GaugeMetricFamily(
            "tritone_edge_backend_running", "Calls that run on it", labels=["backend", "model"]
        )
        memory = GaugeMetricFamily(
            "tritone_edge_backend_gpu_free_bytes", "Free GPU memory", labels=["backend"]
        )
        for backend in self._backends():
            address = str(backend.address)
            up.add_metric([address], backend.up)
            for model, count in backend.in_flight.items():
                running.add_metric([address, model], count)
            if backend.free_gpu_memory is not None:
                memory.add_metric([address], backend.free_gpu_memory)
        yield from (up, running, memory)
