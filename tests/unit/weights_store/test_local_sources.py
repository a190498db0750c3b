"""The store finds weights that are laid out, or in a folder that the manifest names."""

import shutil
from pathlib import Path

import pytest

from tests.unit.weights_kit import BODY, WRONG, Recorder, Server, entry, manifest, url_source
from tritone.errors import SourceUnreachable, WeightsCorrupt
from tritone.weights import Manifest, Store

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("layout", ["toy", "toy/1"])
def test_a_laid_out_copy_is_used_in_place(tmp_path: Path, toy: Manifest, layout: str) -> None:
    """`search` folders come first, as <name>/<file> or as a copy of the cache; nothing moves."""
    laid_out = tmp_path / "stick" / layout
    laid_out.mkdir(parents=True)
    (laid_out / "model.bin").write_bytes(BODY)
    store = Store(tmp_path / "home", [tmp_path / "stick"], toy)
    assert store.status("toy").state == "unverified"
    assert store.fetch(["toy"], sources=("path",)) == {"toy": laid_out}
    assert store.locate("toy") == laid_out
    assert store.status("toy").state == "ready"
    assert not (tmp_path / "home" / "weights" / "toy").exists()


def test_a_corrupt_laid_out_copy_is_told_and_passed_over(tmp_path: Path, toy: Manifest) -> None:
    """`locate` refuses a wrong copy; `fetch` warns and goes to the next source."""
    laid_out = tmp_path / "stick" / "toy"
    laid_out.mkdir(parents=True)
    (laid_out / "model.bin").write_bytes(WRONG)
    store = Store(tmp_path / "home", [tmp_path / "stick"], toy)
    with pytest.raises(WeightsCorrupt, match=r"stick/toy/model\.bin"):
        store.locate("toy")
    recorder = Recorder()
    store.fetch(["toy"], progress=recorder)
    assert len(recorder.warnings) == 1
    assert store.locate("toy") == tmp_path / "home" / "weights" / "toy" / "1"


def test_a_partial_laid_out_copy_is_completed(tmp_path: Path, server: Server) -> None:
    """Files laid out are taken from there, the rest is downloaded."""
    names = ("model.bin", "small.json")
    server.files["/small"] = b"small"
    toy = manifest(
        entry(
            [url_source(f"{server.url}/model", f"{server.url}/small", names=names)],
            {"model.bin": BODY, "small.json": b"small"},
        )
    )
    laid_out = tmp_path / "stick" / "toy"
    laid_out.mkdir(parents=True)
    (laid_out / "model.bin").write_bytes(BODY)
    Store(tmp_path, [tmp_path / "stick"], toy).fetch(["toy"])
    assert [path for path, _ in server.log] == ["/small"]


def test_a_path_source_is_copied(tmp_path: Path) -> None:
    """The manifest itself may name a local folder."""
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "model.bin").write_bytes(BODY)
    source = {"kind": "path", "folder": str(tmp_path / "share"), "files": ["model.bin"]}
    store = Store(tmp_path / "home", manifest=manifest(entry([source])))
    store.fetch(["toy"], sources=("path",))
    shutil.rmtree(tmp_path / "share")
    assert (store.locate("toy") / "model.bin").read_bytes() == BODY


def test_sources_can_be_restricted(store: Store, server: Server) -> None:
    """Offline, no server is asked, and the error says how to install by hand."""
    with pytest.raises(SourceUnreachable, match="offline"):
        store.fetch(["toy"], sources=("path",))
    assert server.log == []
