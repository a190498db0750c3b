"""`tritone keys`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from tests.unit.cli_kit import isolate, run
from tritone.access.keys import Scope, split
from tritone.access.store import KeyStore, read
from tritone.cli.keys import ScopeChoice

pytestmark = pytest.mark.unit


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of keys that the door is set to."""
    file = tmp_path / "door" / "keys.json"
    isolate(monkeypatch, tmp_path, TRITONE_EDGE__KEYS_FILE=str(file))
    return file


def test_the_choice_of_scopes_is_the_whole_choice() -> None:
    """The command names the scopes itself, so as not to import them for a help."""
    assert [choice.value for choice in ScopeChoice] == list(get_args(Scope))


def test_create_prints_a_key_that_opens_the_door(path: Path) -> None:
    """On stdout there is the key alone, so that a shell can take it."""
    result = run("keys", "create", "ada")
    assert result.exit_code == 0
    text = result.stdout.strip()
    assert KeyStore(path).find(text).name == "ada"
    assert split(text)[1] not in result.stderr
    assert str(path) in result.stderr


def test_create_with_everything(path: Path) -> None:
    """Scopes, limits and the end are kept, and told as JSON."""
    options = ["--scope", "chat", "--scope", "speech", "--rpm", "60", "--concurrency", "4"]
    result = run("keys", "create", "kiosk", *options, "--expires", "30d", "--json")
    told = json.loads(result.stdout)
    key = KeyStore(path).find(told["key"])
    assert key.scopes == ("chat", "speech")
    assert (key.requests_per_minute, key.concurrency) == (60, 4)
    assert key.expires is not None
    assert timedelta(days=29) < key.expires - datetime.now(UTC) <= timedelta(days=30)
    assert (told["id"], told["scopes"], told["file"]) == (key.id, ["chat", "speech"], str(path))


@pytest.mark.parametrize(
    "options",
    [
        ["--expires", "soon"],
        ["--expires", "0d"],
        ["--expires", "999999w"],
        ["--scope", "everything"],
        ["--rpm", "0"],
        ["--concurrency", "0"],
    ],
)
def test_create_refuses_what_makes_no_sense(path: Path, options: list[str]) -> None:
    """Wrong usage, before any file is made."""
    assert run("keys", "create", "ada", *options).exit_code == 2
    assert not path.exists()


@pytest.mark.parametrize("name", ["", " ", "two\nlines"])
def test_create_wants_a_name(path: Path, name: str) -> None:
    """One that people can read in a list."""
    assert run("keys", "create", name).exit_code == 2


def test_without_a_setting_the_file_is_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the command says how to make the door use it."""
    isolate(monkeypatch, tmp_path)
    result = run("keys", "create", "ada")
    file = tmp_path / "home" / "keys.json"
    assert len(read(file)) == 1
    assert f"TRITONE_EDGE__KEYS_FILE={file}" in result.stderr


def test_list_shows_what_is_known(path: Path) -> None:
    """Names, ids and limits; never a secret or a hash."""
    text = run("keys", "create", "ada", "--rpm", "7").stdout.strip()
    (key,) = read(path).values()
    result = run("keys", "list")
    for shown in (key.id, "ada", "all", "7", "never"):
        assert shown in result.stdout
    for output in (result.stdout, run("keys", "list", "--json").stdout):
        assert split(text)[1] not in output
        assert key.sha256 not in output


def test_list_as_json(path: Path) -> None:
    """One object for each key."""
    run("keys", "create", "ada")
    run("keys", "create", "bob", "--concurrency", "2")
    ada, bob = json.loads(run("keys", "list", "--json").stdout)
    assert (ada["name"], ada["requests_per_minute"], ada["expires"]) == ("ada", None, None)
    assert (bob["name"], bob["concurrency"], bob["expired"]) == ("bob", 2, False)


def test_list_without_keys(path: Path) -> None:
    """An empty list is no error, and makes no file."""
    result = run("keys", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "tritone keys create" in result.stderr
    assert json.loads(run("keys", "list", "--json").stdout) == []
    assert not path.exists()


def test_revoke_takes_a_key_away(path: Path) -> None:
    """That one, and no other."""
    ada, bob = (json.loads(run("keys", "create", n, "--json").stdout)["id"] for n in ("ada", "bob"))
    result = run("keys", "revoke", ada)
    assert result.exit_code == 0
    assert "ada" in result.stdout
    assert set(read(path)) == {bob}


def test_revoke_of_an_unknown_id_revokes_nothing(path: Path) -> None:
    """Not even the known ids beside it: exit code 3."""
    ada = json.loads(run("keys", "create", "ada", "--json").stdout)["id"]
    result = run("keys", "revoke", ada, "nobody")
    assert result.exit_code == 3
    assert "nobody" in result.stderr
    assert set(read(path)) == {ada}


def test_a_broken_file_is_not_written_over(path: Path) -> None:
    """Exit code 5, and the file as it was."""
    path.parent.mkdir()
    path.write_text("{")
    for command in (["create", "ada"], ["list"], ["revoke", "ada"]):
        assert run("keys", *command).exit_code == 5
    assert path.read_text() == "{"
