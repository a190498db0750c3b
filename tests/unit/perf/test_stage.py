"""The stage: parts come when they are needed, and go when no longer."""

from collections.abc import Callable

import pytest

from perf.bench.ports import on_free_ports
from perf.bench.stage import Stage
from tritone.errors import SetupError
from tritone.settings import Settings

pytestmark = pytest.mark.unit


class Pretended:
    """A part that only notes what is done to it."""

    def __init__(self, name: str, log: list[str], fault: str = "") -> None:
        self._name = name
        self._log = log
        self._fault = fault
        self.addresses = {name: f"127.0.0.1:{len(name)}"}
        self.pids = {name: len(name)}
        self.facts = {"version": "1"}

    def start(self) -> None:
        self._log.append(f"start {self._name}")
        if self._fault:
            raise SetupError(self._fault)

    def close(self) -> None:
        self._log.append(f"close {self._name}")


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def stage(log: list[str]) -> Stage:
    """One whose part `ray` cannot be started."""

    def make(name: str, _settings: Settings, _on_line: Callable[[str], None]) -> Pretended:
        return Pretended(name, log, "there is\nno Ray" if name == "ray" else "")

    return Stage(Settings(), seed=3, make=make)


def test_parts_start_once_and_doors_last(stage: Stage, log: list[str]):
    """Whatever the order in which they are asked for; what runs is not started again."""
    stage.need(["edge", "triton"])
    stage.need(["triton", "llamacpp"])
    assert log == ["start triton", "start edge", "start llamacpp"]
    assert stage.running == ("triton", "edge", "llamacpp")


def test_options_say_where_everything_is(stage: Stage):
    """Addresses and processes of what runs now, and of nothing else."""
    stage.need(["edge", "triton"])
    stage.keep(["triton"])
    options = stage.options()
    assert (options.triton, options.edge) == ("127.0.0.1:6", "")
    assert options.pids == {"triton": 6}
    assert options.seed == 3


def test_what_is_no_longer_needed_is_ended(stage: Stage, log: list[str]):
    """What was started last is ended first."""
    stage.need(["triton", "edge", "nats"])
    log.clear()
    stage.keep(["triton"])
    assert log == ["close nats", "close edge"]
    stage.close()
    assert log[-1] == "close triton"
    assert stage.running == ()


def test_part_that_fails_is_closed_and_noted(stage: Stage, log: list[str]):
    """It is not tried again, and the others go on."""
    stage.need(["ray", "triton"])
    stage.need(["ray"])
    assert log == ["start triton", "start ray", "close ray"]
    assert stage.failed == {"ray": "there is no Ray"}
    assert stage.facts == {"triton": {"version": "1"}}


def test_every_server_has_a_port_of_its_own():
    """Nothing of a run disturbs what listens on the usual ports."""
    ours = on_free_ports(Settings())
    ports = [
        *(ours.http_port, ours.grpc_port, ours.metrics_port, ours.edge.port, ours.nats.port),
        *(ours.nats.monitor_port, ours.bridge.metrics_port, ours.rpc.metrics_port),
        int(ours.grpc_listen_addr.rpartition(":")[2]),
    ]
    assert len(set(ports)) == 9
    assert ours.triton_url == ""


def test_server_elsewhere_keeps_its_ports():
    """With a Triton that runs already, only the doors are ours."""
    ours = on_free_ports(Settings(triton_url="triton:8001"))
    assert (ours.http_port, ours.metrics_port) == (8000, 8002)
    assert ours.grpc_url == "triton:8001"
