"""Numbers of an engine as Triton metrics, on the server's own /metrics."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import triton_python_backend_utils as pb_utils

__all__ = ["publish"]

REFRESH_SECONDS: Final = 0.5


def publish(model: str, read: Callable[[], Mapping[str, float]]) -> Callable[[], None]:
    """Shows what `read` answers, refreshed twice a second, until the returned function is called.

    Names that end in ``_total`` are counters, the others gauges; each gets the prefix
    ``tritone_`` and a label ``model``.
    """
    families: list[Any] = []  # Triton drops a metric when its family is collected
    metrics: dict[str, Any] = {}
    seen: dict[str, float] = {}
    stop = threading.Event()

    def metric(name: str, kind: Any) -> Any:
        if name not in metrics:
            family = pb_utils.MetricFamily(
                name=f"tritone_{name}", description=name.replace("_", " "), kind=kind
            )
            families.append(family)
            metrics[name] = family.Metric(labels={"model": model})
        return metrics[name]

    def refresh() -> None:
        for name, value in read().items():
            if name.endswith("_total"):
                # Triton's counter outlives this process, so it is told what came on top.
                metric(name, pb_utils.MetricFamily.COUNTER).increment(value - seen.get(name, 0))
                seen[name] = value
            else:
                metric(name, pb_utils.MetricFamily.GAUGE).set(value)

    def loop() -> None:
        while not stop.wait(REFRESH_SECONDS):
            refresh()

    refresh()
    thread = threading.Thread(target=loop, name="metrics", daemon=True)
    thread.start()

    def close() -> None:
        stop.set()
        thread.join(timeout=2 * REFRESH_SECONDS)

    return close
