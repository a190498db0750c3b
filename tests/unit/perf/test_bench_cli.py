"""The command line: what is chosen, and what is refused."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from perf.bench import __main__ as command
from perf.bench.scenarios import SCENARIOS, STEPS
from tests.unit.perf.perf_kit import results
from tritone.errors import SetupError

pytestmark = pytest.mark.unit


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch):
    """The command, whose run only remembers its plan."""
    import typer

    app = typer.Typer(add_completion=False)
    app.command()(command.main)
    plans: list = []

    def run(plan, *_: object):
        plans.append(plan)
        return results()

    monkeypatch.setattr(command, "_run", run)
    app.plans = plans  # type: ignore[attr-defined]
    return app


def test_list_names_everything(cli: CliRunner, app):
    """Each scenario and step with its title; nothing is run."""
    found = cli.invoke(app, ["--list"])
    assert found.exit_code == 0
    for work in (*SCENARIOS, *STEPS):
        assert work.key in found.output
    assert app.plans == []


def test_full_run_has_everything(cli: CliRunner, app, tmp_path: Path):
    """All scenarios and steps, a seed that was drawn, and a report where it was wished."""
    found = cli.invoke(app, ["--results", str(tmp_path)])
    assert found.exit_code == 0, found.output
    (plan,) = app.plans
    assert len(plan.work) == len(SCENARIOS) + len(STEPS)
    assert (tmp_path / "latest.md").exists()
    assert "of 11 goals hold" in found.output


def test_quick_run_has_what_is_quick(cli: CliRunner, app, tmp_path: Path):
    """Only what has a quick extent."""
    cli.invoke(app, ["--quick", "--seed", "5", "--results", str(tmp_path)])
    (plan,) = app.plans
    assert plan.quick
    assert plan.seed == 5
    assert all(work.quick for work in plan.work)


def test_some_in_their_own_order(cli: CliRunner, app, tmp_path: Path):
    """What is named is run, in the order of the table."""
    arguments = ["--only", "stt", "--only", "voice", "--rounds", "2", "--results", str(tmp_path)]
    cli.invoke(app, arguments)
    (plan,) = app.plans
    assert [work.key for work in plan.work] == ["voice", "stt"]
    assert plan.rounds == 2


def test_unknown_scenario_is_refused(cli: CliRunner, app):
    """The message has those that there are."""
    found = cli.invoke(app, ["--only", "speed"])
    assert found.exit_code == 1
    assert "there is no scenario 'speed': choose from voice," in " ".join(found.output.split())


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (SetupError("fetch them first"), 1, "error: fetch them first"),
        (KeyboardInterrupt(), 130, "everything that was started has been ended"),
    ],
    ids=["error", "interrupt"],
)
def test_run_that_ends_early(cli, app, monkeypatch, tmp_path: Path, fault, code: int, said: str):
    """A line, a status, and no report that is only half of one."""

    def run(*_: object):
        raise fault

    monkeypatch.setattr(command, "_run", run)
    found = cli.invoke(app, ["--results", str(tmp_path)])
    assert found.exit_code == code
    assert said in " ".join(found.output.split())
    assert list(tmp_path.iterdir()) == []
