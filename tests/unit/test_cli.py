"""The command line as a whole: help, exit codes, errors."""

import subprocess
import sys
import typing
from pathlib import Path

import pytest

from tests.unit.cli_kit import ScriptedClient, answer, isolate, run
from tritone import errors
from tritone.cli import failures, flags, main
from tritone.cli.doctor import variable
from tritone.errors import TritoneError
from tritone.settings import Settings
from tritone.weights.manifest import SetName

pytestmark = pytest.mark.unit

COMMANDS = ("up", "talk", "ask", "say", "hear", "query", "doctor")
DOORS = ("edge", "rpc")
"""They become another program, and print no results."""


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)


def test_help_names_every_command() -> None:
    """`tritone --help` lists the commands and says what the exit codes mean."""
    result = run("--help")
    assert result.exit_code == 0
    for name in (*COMMANDS, *DOORS, "models", "Exit codes", "130 interrupted"):
        assert name in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(command: str) -> None:
    """Each command's help has an example, --json and the exit codes."""
    result = run(command, "--help")
    assert result.exit_code == 0
    for part in ("Examples:", f"tritone {command}", "--json", "Exit codes"):
        assert part in result.stdout


def test_help_is_at_most_80_columns_wide() -> None:
    """Help fits the narrowest usual terminal."""
    for command in COMMANDS:
        assert max(map(len, run(command, "--help").stdout.splitlines())) <= 80


def test_help_imports_nothing_heavy() -> None:
    """The help appears at once because settings, client and weights are not loaded for it."""
    code = (
        "import sys; from tritone.cli import main; "
        "print([m for m in ('numpy', 'pydantic', 'grpc', 'httpx', 'rich.console', 'msgspec') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_models_is_mounted() -> None:
    """`tritone models` has its commands although it is imported late."""
    result = run("models", "--help")
    assert result.exit_code == 0
    for name in ("list", "fetch", "verify"):
        assert name in result.stdout
    assert run("models", "nonsense").exit_code == 2


def test_version() -> None:
    """`--version` prints the version and nothing else."""
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("tritone ")


def _all(root: type[TritoneError]) -> list[type[TritoneError]]:
    return [root, *(found for child in root.__subclasses__() for found in _all(child))]


@pytest.mark.parametrize("kind", _all(TritoneError))
def test_exit_code_of_every_error(kind: type[TritoneError]) -> None:
    """The code depends on the branch of the tree: input 3, server 4, setup 5, others 1."""
    expected = 1
    if issubclass(kind, errors.InvalidInput):
        expected = 3
    elif issubclass(kind, errors.Unavailable | errors.Overloaded):
        expected = 4
    elif issubclass(kind, errors.SetupError):
        expected = 5
    assert failures.exit_code(kind("x")) == expected


def test_error_is_one_line_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure prints `error CODE: message` on stderr, nothing on stdout, and exits."""
    ScriptedClient(chat=errors.ServerUnreachable("nobody is there")).use(monkeypatch)
    result = run("ask", "hi")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == "error SERVER_UNREACHABLE: nobody is there\n"


def test_bad_setting_names_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A variable with a wrong value is told by name, as a setup error."""
    isolate(monkeypatch, tmp_path, TRITONE_GRPC_PORT="99999")
    result = run("ask", "hi")
    assert result.exit_code == 5
    assert "TRITONE_GRPC_PORT='99999'" in result.stderr


def test_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a command with 130 and without a traceback."""
    ScriptedClient(chat=[*answer("It", "is"), KeyboardInterrupt()]).use(monkeypatch)
    result = run("ask", "hi")
    assert result.exit_code == 130
    assert "Traceback" not in result.output


def test_defect_is_told_without_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception that nobody expected is one line too, and says how to see more."""

    def broken(**_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(main, "app", broken)
    with pytest.raises(SystemExit) as exited:
        main.main()
    assert exited.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("error INTERNAL: KeyError: 'oops'")
    assert "Traceback" not in told


def test_sets_are_those_of_the_manifest() -> None:
    """The names that --set takes are the manifest's, although not imported from it."""
    assert typing.get_args(flags.SetChoice) == typing.get_args(SetName)


def test_documentation_is_complete() -> None:
    """docs/cli.md tells of every command and of every setting's variable."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text()
    for command in (*COMMANDS, *DOORS):
        assert f"\n## {command}\n" in text
    for name in Settings.model_fields:
        assert f"`{variable(Settings, name)}" in text
