"""The store fetches: from one source after the other, each entry once."""

import shutil
from pathlib import Path

import pytest

from tests.unit.weights_kit import BODY, Recorder, Server, entry, manifest, part_of, url_source
from tritone.errors import SetupError, SourceUnreachable, WeightsCorrupt, WeightsMissing
from tritone.weights import Manifest, Store

pytestmark = pytest.mark.unit


def files_below(folder: Path) -> set[str]:
    return {p.name for p in folder.rglob("*") if p.is_file() and ".locks" not in p.parts}


def test_fetch_then_locate(store: Store, tmp_path: Path) -> None:
    """A fetched entry lies under <home>/weights/<name>/<version>, and nothing else is left."""
    recorder = Recorder()
    folder = store.fetch(["toy"], progress=recorder)["toy"]
    assert folder == store.locate("toy") == tmp_path / "weights" / "toy" / "1"
    assert (folder / "model.bin").read_bytes() == BODY
    assert files_below(folder) == {"model.bin"}
    assert list((tmp_path / "weights" / ".partial").iterdir()) == []
    assert recorder.bytes == len(BODY)
    assert recorder.finished == ["toy"]


def test_what_is_here_is_not_fetched_again(store: Store, server: Server) -> None:
    """A second fetch asks nobody."""
    store.fetch(["toy"])
    asked = len(server.log)
    store.fetch(["toy", "toy"])
    assert len(server.log) == asked


def test_missing_weights_name_the_fix(store: Store) -> None:
    """`locate` says what to run."""
    with pytest.raises(WeightsMissing, match="tritone models fetch toy"):
        store.locate("toy")
    assert store.status("toy").state == "missing"


def test_wrong_bytes_pass_to_the_next_source(tmp_path: Path, server: Server) -> None:
    """A source with other bytes is left with a warning that shows both hashes."""
    toy = manifest(entry([url_source(f"{server.url}/wrong"), url_source(f"{server.url}/model")]))
    recorder = Recorder()
    store = Store(tmp_path, manifest=toy)
    store.fetch(["toy"], progress=recorder)
    assert (store.locate("toy") / "model.bin").read_bytes() == BODY
    (warning,) = recorder.warnings
    assert "/wrong: model.bin has sha256" in warning
    assert toy.get("toy").files[0].sha256 in warning


def test_a_stale_part_does_not_blame_the_source(
    store: Store, tmp_path: Path, server: Server
) -> None:
    """When continued bytes do not hash right, the file is fetched once more from its start."""
    part = part_of(tmp_path)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"from elsewhere")
    recorder = Recorder()
    store.fetch(["toy"], progress=recorder)
    assert server.asked("/model") == ["bytes=14-", ""]
    assert recorder.warnings == []
    assert recorder.bytes == len(BODY)


def test_all_sources_fail(tmp_path: Path, server: Server) -> None:
    """One error lists what was tried, and names file, hash and place for installing by hand."""
    toy = manifest(
        entry([url_source(f"{server.url}/gone"), url_source("http://127.0.0.1:9/model")])
    )
    with pytest.raises(SourceUnreachable) as caught:
        Store(tmp_path, manifest=toy).fetch(["toy"])
    lines = caught.value.message.splitlines()
    assert lines[1] == f"  - url {server.url}/gone: HTTP 404 Not Found"
    assert "127.0.0.1 cannot be reached" in lines[2]
    assert f"toy/model.bin  (262,144 bytes, sha256 {toy.get('toy').files[0].sha256})" in lines[4]
    assert "TRITONE_WEIGHTS_PATH" in lines[5]


def test_only_wrong_bytes_is_corruption(tmp_path: Path, server: Server) -> None:
    """If sources answered, but with other bytes, the error says so by its kind."""
    toy = manifest(entry([url_source(f"{server.url}/wrong")]))
    with pytest.raises(WeightsCorrupt):
        Store(tmp_path, manifest=toy).fetch(["toy"])
    assert not (tmp_path / "weights" / "toy").exists()


def test_one_failing_entry_does_not_stop_the_others(tmp_path: Path, server: Server) -> None:
    """The good entries are there afterwards, and the error is about the bad one."""
    both = manifest(
        entry([url_source(f"{server.url}/gone")], name="bad"),
        entry([url_source(f"{server.url}/model")], name="good"),
    )
    store = Store(tmp_path, manifest=both)
    with pytest.raises(SourceUnreachable, match="'bad'"):
        store.fetch(["bad", "good"])
    assert store.status("good").state == "ready"


def test_only_the_missing_file_comes_from_the_next_source(tmp_path: Path, server: Server) -> None:
    """A source that has half of the entry gives half."""
    server.files["/small"] = b"small"
    names = ("model.bin", "small.json")
    toy = manifest(
        entry(
            [
                url_source(f"{server.url}/gone", f"{server.url}/small", names=names),
                url_source(f"{server.url}/model", f"{server.url}/small", names=names),
            ],
            {"model.bin": BODY, "small.json": b"small"},
        )
    )
    Store(tmp_path, manifest=toy).fetch(["toy"])
    assert len(server.asked("/small")) == 1


def test_too_little_space_is_noticed_first(
    store: Store, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is downloaded that cannot be stored."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 8, 1))
    with pytest.raises(SetupError, match="make room"):
        store.fetch(["toy"])
    assert server.log == []


def test_an_unwritable_home_is_told(tmp_path: Path, toy: Manifest) -> None:
    """A file where a folder should be (or a read-only disk) is a SetupError, not a traceback."""
    (tmp_path / "weights").write_text("in the way")
    with pytest.raises(SetupError, match="cannot store the weights 'toy'"):
        Store(tmp_path, manifest=toy).fetch(["toy"])
