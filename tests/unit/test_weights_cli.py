"""`tritone models`."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tests.unit.weights_kit import BODY, Server, entry, manifest, serving, url_source
from tritone.cli import models
from tritone.cli.fetching import fetch_with_progress
from tritone.cli.main import app
from tritone.weights import Store, load_manifest

pytestmark = pytest.mark.unit

run = CliRunner().invoke


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server({"/model": BODY})) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The settings, with a home of the test's own."""
    values = SimpleNamespace(home=tmp_path, weights_path=(), offline=False, weights_set="light")
    monkeypatch.setattr(models, "settings", lambda: values)
    return values


@pytest.fixture
def toy(tmp_path: Path, server: Server, config: SimpleNamespace, monkeypatch) -> Store:
    """A store with one entry, in the set `light`, in place of the real manifest."""
    store = Store(tmp_path, manifest=manifest(entry([url_source(f"{server.url}/model")])))
    monkeypatch.setattr(models, "_store", lambda: store)
    return store


def test_list_shows_every_entry(config: SimpleNamespace) -> None:
    """Name, purpose, size, licence and state of the whole manifest."""
    result = run(app, ["models", "list"])
    assert result.exit_code == 0
    for name in load_manifest().names:
        assert name in result.output
    assert "491.4 MB" in result.output
    assert "Apache-2.0*" in result.output
    assert "missing" in result.output


def test_list_as_json(toy: Store) -> None:
    """One object for each entry, with the folder once it is ready."""
    (before,) = json.loads(run(app, ["models", "list", "--json"]).stdout)
    assert (before["state"], before["folder"], before["bytes"]) == ("missing", None, len(BODY))
    run(app, ["models", "fetch"])
    (after,) = json.loads(run(app, ["models", "list", "--json"]).stdout)
    assert (after["state"], after["folder"]) == ("ready", str(toy.locate("toy")))


@pytest.mark.parametrize("arguments", [[], ["toy"], ["--set", "light"], ["toy", "--set", "light"]])
def test_fetch(toy: Store, arguments: list[str]) -> None:
    """By name, by set, or the set of the settings; stdout has name and folder, stderr the rest."""
    result = run(app, ["models", "fetch", *arguments])
    assert result.exit_code == 0
    assert result.stdout == f"toy  {toy.locate('toy')}\n"
    assert "toy: fetching 262.1 kB from url http://127.0.0.1" in result.stderr
    assert "toy: verified" in result.stderr


def test_fetch_as_json(toy: Store) -> None:
    """Nothing but JSON on stdout."""
    result = run(app, ["models", "fetch", "--json"])
    assert json.loads(result.stdout) == {"toy": str(toy.locate("toy"))}


def test_fetch_that_fails(toy: Store, server: Server) -> None:
    """Exit code 5, the error's code, and what to do by hand; no traceback."""
    server.files.clear()
    result = run(app, ["models", "fetch"])
    assert result.exit_code == 5
    assert result.stdout == ""
    assert "warning: toy: url http://127.0.0.1" in result.stderr
    assert "error SOURCE_UNREACHABLE: no source delivered the weights 'toy'" in result.stderr
    assert "TRITONE_WEIGHTS_PATH" in result.stderr


def test_fetch_offline(toy: Store, config: SimpleNamespace, server: Server) -> None:
    """TRITONE_OFFLINE keeps it off the network."""
    config.offline = True
    assert run(app, ["models", "fetch"]).exit_code == 5
    assert server.log == []


def test_fetch_interrupted(toy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is no error: it says how to go on."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(toy, "fetch", interrupt)
    result = run(app, ["models", "fetch"])
    assert result.exit_code == 130
    assert "run the same command again to go on" in result.stderr


@pytest.mark.parametrize("command", ["fetch", "verify", "path"])
def test_an_unknown_name_is_a_usage_error(toy: Store, command: str) -> None:
    """Exit code 2, with the nearest name."""
    result = run(app, ["models", command, "toi"])
    assert result.exit_code == 2
    assert "did you mean 'toy'" in result.stderr


def test_an_unknown_set_is_a_usage_error(toy: Store) -> None:
    """Exit code 2, with the sets there are."""
    result = run(app, ["models", "fetch", "--set", "heavy"])
    assert result.exit_code == 2
    assert "light" in result.stderr


def test_verify(toy: Store) -> None:
    """Exit code 0 while all is right; 5, with the fix, once a file is not."""
    assert run(app, ["models", "verify"]).exit_code == 0  # nothing here, nothing wrong
    run(app, ["models", "fetch"])
    assert run(app, ["models", "verify"]).stdout.startswith("ok ")
    (toy.locate("toy") / "model.bin").write_bytes(b"spoilt")
    result = run(app, ["models", "verify", "--json"])
    assert result.exit_code == 5
    assert [check["state"] for check in json.loads(result.stdout)] == ["corrupt"]
    assert "error WEIGHTS_CORRUPT" in result.stderr
    assert "tritone models fetch toy" in result.stderr


def test_verify_a_missing_entry(toy: Store) -> None:
    """Asked for by name, what is missing is a failure."""
    result = run(app, ["models", "verify", "toy"])
    assert result.exit_code == 5
    assert "error WEIGHTS_MISSING" in result.stderr


def test_path(toy: Store) -> None:
    """Prints the folder and nothing else, or fails with the fix."""
    missing = run(app, ["models", "path", "toy"])
    assert missing.exit_code == 5
    assert "error WEIGHTS_MISSING" in missing.stderr
    assert "tritone models fetch toy" in missing.stderr
    run(app, ["models", "fetch"])
    assert run(app, ["models", "path", "toy"]).stdout == f"{toy.locate('toy')}\n"
    told = json.loads(run(app, ["models", "path", "toy", "--json"]).stdout)
    assert told == {"name": "toy", "path": str(toy.locate("toy"))}


def test_bars_on_a_terminal(toy: Store) -> None:
    """On a terminal a bar runs to its end."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, color_system=None)
    fetch_with_progress(toy, ["toy"], console)
    assert "262.1/262.1 kB" in screen.getvalue()


@pytest.mark.parametrize("command", ["list", "fetch", "verify", "path"])
def test_help_has_examples(command: str) -> None:
    """Every command shows how it is used."""
    result = run(app, ["models", command, "--help"])
    assert result.exit_code == 0
    assert f"tritone models {command}" in result.output
