"""How the noise of a machine is read."""

import pytest

from perf.bench import noise
from perf.bench.noise import Probe, steal_of

pytestmark = pytest.mark.unit


def test_steal_is_the_eighth_figure_of_all_cores():
    """In ticks of the system, of the line for all cores together."""
    lines = ["cpu  1 2 3 4 5 6 7 800 9 10", "cpu0 1 2 3 4 5 6 7 1 9 10", "intr 5"]
    assert steal_of(lines) == pytest.approx(800 / noise._TICKS)


@pytest.mark.parametrize("lines", [[], ["cpu 1 2 3"], ["cpu0 1 2 3 4 5 6 7 8 9 10"]])
def test_steal_that_is_not_told(lines: list[str]):
    """Old systems do not say."""
    assert steal_of(lines) is None


def test_noise_of_a_stretch(monkeypatch: pytest.MonkeyPatch):
    """Variation is over all times of the piece of work, drift compares after with before."""
    times = iter([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
    monkeypatch.setattr(noise, "busy", lambda: next(times))
    monkeypatch.setattr(noise, "stolen", lambda: None)
    found = Probe().noise()
    assert found.drift == 2.0
    assert found.probe == 1.5
    assert found.variation == pytest.approx(0.3651, abs=1e-3)
    assert found.steal is None


def test_piece_of_work_takes_time():
    """It is really done, so many times."""
    times = noise.busy(3)
    assert len(times) == 3
    assert all(seconds > 0 for seconds in times)
