"""Readiness, and what Prometheus reads."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge.gauges import Gauges
from edge.metrics import Metrics
from edge.readiness import Readiness
from tritone.access.admission import Admission
from tritone.routing import Address, BackendState
from tritone.settings import Lanes

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("backends", "draining", "reason"),
    [
        ({"a:1": True}, False, ""),
        ({"a:1": False, "b:1": True}, False, ""),
        ({"a:1": False, "b:1": False}, False, "no Triton answers"),
        ({"a:1": True}, True, "the door is being stopped"),
    ],
)
def test_when_it_can_serve(backends: dict[str, bool], draining: bool, reason: str) -> None:
    """One Triton is enough; a door that is being stopped says so."""
    readiness = Readiness(lambda: backends, lambda: draining)
    assert readiness.reason() == reason
    up = sum(backends.values())
    assert readiness.backends() == {"up": up, "down": len(backends) - up}


async def test_gauges() -> None:
    """Lanes and backends are read at the moment they are asked for."""
    admission = Admission(Lanes(), 10, lambda: 1)
    state = BackendState(
        address=Address.parse("gpu:8001"),
        up=True,
        in_flight={"llm": 3},
        ejected=(),
        free_gpu_memory=2**30,
    )
    metrics = Metrics()
    metrics.registry.register(Gauges(admission, lambda: [state], lambda: 7))

    def read() -> dict[tuple[str, ...], float]:
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(metrics.text().decode())
            for sample in family.samples
        }

    async with admission.enter("chat", "somebody"):
        found = read()
    assert found[("tritone_edge_lane_running", "chat")] == 1
    assert read()[("tritone_edge_lane_running", "chat")] == 0
    address = str(state.address)
    assert found[("tritone_edge_backend_up", address)] == 1
    assert found[("tritone_edge_backend_running", address, "llm")] == 3
    assert found[("tritone_edge_backend_gpu_free_bytes", address)] == 2**30
    assert found[("tritone_edge_retried_total",)] == 7
