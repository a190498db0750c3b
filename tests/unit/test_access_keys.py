"""API keys: their text, their hash, their file."""

import json
import re
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tritone.access import keys, store
from tritone.access.keys import ANONYMOUS, SCOPES, Key
from tritone.access.store import KeyStore, edited, read
from tritone.errors import SetupError, Unauthenticated

pytestmark = pytest.mark.unit


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def keep(path: Path, *made: Key) -> None:
    with edited(path) as present:
        present.update({key.id: key for key in made})


def test_the_text_of_a_key_holds_its_id_and_256_random_bits() -> None:
    """Two keys of one name share nothing, and the parts are found again."""
    (one, text), (other, other_text) = keys.create("ada"), keys.create("ada")
    assert re.fullmatch(r"tt-[0-9a-f]{12}-[\w-]{43}", text)
    assert keys.split(text) == (one.id, text[len(f"tt-{one.id}-") :])
    assert one.id != other.id
    assert keys.split(text)[1] != keys.split(other_text)[1]


@given(st.text())
def test_any_other_text_is_no_key(text: str) -> None:
    """What a client sends instead is told apart without an exception."""
    assert keys.split(text) is None
    assert keys.split(f"tt-{text}") is None


@pytest.mark.parametrize("change", [lambda text: text + "A", lambda text: text[:-1], str.upper])
def test_a_text_that_is_nearly_a_key_is_none(change) -> None:
    """Longer, shorter, in capitals."""
    assert keys.split(change(keys.create("ada")[1])) is None


def test_the_secret_is_nowhere_in_the_file(tmp_path: Path) -> None:
    """Who reads the file cannot use a key: not even a part of a secret is in it."""
    path = tmp_path / "keys.json"
    made = [keys.create(name) for name in ("ada", "bob")]
    keep(path, *(key for key, _ in made))
    everything = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for _, text in made:
        secret = keys.split(text)[1].encode()
        assert all(secret[at : at + 8] not in everything for at in range(len(secret) - 7))


def test_the_file_is_for_its_owner_only_and_for_people_to_read(tmp_path: Path) -> None:
    """Mode 0600 whatever it was before; JSON with a line for each field."""
    path = tmp_path / "new" / "keys.json"
    key, _ = keys.create("ada", ["chat"], requests_per_minute=60)
    keep(path, key)
    path.chmod(0o644)
    keep(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (entry,) = json.loads(path.read_text())["keys"]
    assert entry["name"] == "ada"
    assert entry["requests_per_minute"] == 60
    assert '\n      "name": "ada",\n' in path.read_text()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Scopes, limits and times survive the file."""
    path = tmp_path / "keys.json"
    until = datetime(2031, 1, 2, 3, 4, tzinfo=UTC)
    key, _ = keys.create("ada", SCOPES[1:], requests_per_minute=3, concurrency=2, expires=until)
    keep(path, key)
    assert read(path) == {key.id: key}


def test_edits_at_once_lose_no_key(tmp_path: Path) -> None:
    """Each waits for the other's whole file."""
    path = tmp_path / "keys.json"
    made = [keys.create(str(number))[0] for number in range(12)]
    threads = [threading.Thread(target=keep, args=(path, key)) for key in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(read(path)) == {key.id for key in made}


def test_an_edit_that_fails_changes_nothing(tmp_path: Path) -> None:
    """The former file stays, and no half-written one beside it."""
    path = tmp_path / "keys.json"
    key, _ = keys.create("ada")
    keep(path, key)
    with pytest.raises(KeyError), edited(path) as present:
        del present[key.id], present["nobody"]
    assert set(read(path)) == {key.id}
    assert {file.name for file in tmp_path.iterdir()} == {"keys.json", "keys.json.lock"}


def test_a_linked_file_is_changed_where_it_lies(tmp_path: Path) -> None:
    """The link stays a link."""
    (tmp_path / "real").mkdir()
    path = tmp_path / "keys.json"
    path.symlink_to(tmp_path / "real" / "keys.json")
    keep(path, keys.create("ada")[0])
    assert path.is_symlink()
    assert len(read(tmp_path / "real" / "keys.json")) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "tritone keys create"),
        ("{", "broken"),
        ('{"keys": [{"id": "a"}]}', "broken"),
        ('{"keys": [], "kyes": []}', "unknown field"),
    ],
)
def test_a_file_that_is_no_file_of_keys(tmp_path: Path, content: str | None, told: str) -> None:
    """A door does not start with it, and says what to do; a misspelt field is no silent one."""
    path = tmp_path / "keys.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SetupError, match=told) as caught:
        KeyStore(path)
    assert str(path) in caught.value.message


def test_two_keys_of_one_id_are_refused(tmp_path: Path) -> None:
    """Which of them counts would be a matter of luck."""
    path = tmp_path / "keys.json"
    key, _ = keys.create("ada")
    store._write(path, [key, key])
    with pytest.raises(SetupError, match="two keys with one id"):
        read(path)


def test_only_the_right_secret_finds_its_key(tmp_path: Path) -> None:
    """A right id with another key's secret is as wrong as an unknown id, and told no better."""
    path = tmp_path / "keys.json"
    (ada, ada_text), (bob, bob_text) = keys.create("ada"), keys.create("bob")
    keep(path, ada, bob)
    present = KeyStore(path)
    assert present.find(ada_text) == ada
    assert present.find(bob_text) == bob
    crossed = f"tt-{ada.id}-{keys.split(bob_text)[1]}"
    wrong = [crossed, keys.create("eve")[1], ada_text[:-1], "", "sk-1234", ada.sha256]
    messages = set()
    for text in wrong:
        with pytest.raises(Unauthenticated) as caught:
            present.find(text)
        messages.add(caught.value.message)
    assert len(messages) == 1


def test_nobody_is_anonymous_by_a_key(tmp_path: Path) -> None:
    """The key of those without one matches no secret."""
    assert not ANONYMOUS.matches("")
    assert not ANONYMOUS.matches("anonymous")


def test_an_expired_key_is_refused_by_name(tmp_path: Path) -> None:
    """Its owner learns why; who has not the secret learns nothing."""
    path = tmp_path / "keys.json"
    key, text = keys.create("ada", expires=datetime.now(UTC) - timedelta(seconds=1))
    keep(path, key)
    with pytest.raises(Unauthenticated, match="'ada' expired"):
        KeyStore(path).find(text)
    with pytest.raises(Unauthenticated, match="unknown"):
        KeyStore(path).find(f"tt-{key.id}-{keys.split(keys.create('eve')[1])[1]}")


def test_new_and_revoked_keys_are_seen_while_running(tmp_path: Path) -> None:
    """Within a second; before, the file is not looked at."""
    path, clock = tmp_path / "keys.json", Clock()
    (ada, ada_text), (bob, bob_text) = keys.create("ada"), keys.create("bob")
    keep(path, ada)
    present = KeyStore(path, clock)
    with edited(path) as inside:
        del inside[ada.id]
        inside[bob.id] = bob
    assert present.find(ada_text) == ada
    clock.now += 1.0
    assert present.find(bob_text) == bob
    with pytest.raises(Unauthenticated):
        present.find(ada_text)


@pytest.mark.parametrize("damage", [lambda path: path.write_text("{"), Path.unlink])
def test_a_file_that_breaks_leaves_the_last_good_keys(tmp_path: Path, damage) -> None:
    """It is told once in the log, and a mended file counts again."""
    path, clock = tmp_path / "keys.json", Clock()
    (ada, ada_text), (bob, bob_text) = keys.create("ada"), keys.create("bob")
    keep(path, ada)
    present = KeyStore(path, clock)
    damage(path)
    with structlog.testing.capture_logs() as logged:
        for _ in range(3):
            clock.now += 1.0
            assert present.find(ada_text) == ada
    (told,) = logged
    assert told["log_level"] == "error"
    assert str(path) in told["reason"]
    path.unlink(missing_ok=True)
    keep(path, bob)
    clock.now += 1.0
    assert present.find(bob_text) == bob


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_is_what_a_key_is_good_for(scope: str) -> None:
    """`all` is good for everything, any other for itself."""
    key, _ = keys.create("ada", [scope])
    assert [one for one in SCOPES if key.allows(one)] == (
        list(SCOPES) if scope == "all" else [scope]
    )
