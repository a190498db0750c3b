"""The store: fetching through sources, finding, checking."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants as hub
import msgspec
import pytest

from tests.unit.weights_kit import (
    BODY,
    Recorder,
    Server,
    entry,
    manifest,
    part_of,
    serving,
    url_source,
)
from tritone.errors import SetupError, SourceUnreachable, WeightsCorrupt, WeightsMissing
from tritone.weights import Manifest, Store, stamp

pytestmark = pytest.mark.unit

WRONG = bytes(len(BODY))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server({"/model": BODY, "/wrong": WRONG})) as running:
        yield running


@pytest.fixture
def toy(server: Server) -> Manifest:
    return manifest(entry([url_source(f"{server.url}/model")]))


@pytest.fixture
def store(tmp_path: Path, toy: Manifest) -> Store:
    return Store(tmp_path, manifest=toy)


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


HUB = {"kind": "hub", "repo": "a/b", "revision": "v1", "files": {"model.bin": "sub/their.bin"}}


def test_the_hub_is_asked_where_its_library_says(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address comes from huggingface_hub, so HF_ENDPOINT and HF_TOKEN hold."""
    template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(hub, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    server.files["/a/b/resolve/v1/sub/their.bin"] = BODY
    store = Store(tmp_path, manifest=manifest(entry([HUB])))
    store.fetch(["toy"])
    assert store.status("toy").state == "ready"


def test_hub_offline_skips_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_HUB_OFFLINE is honoured without asking anybody."""
    monkeypatch.setattr(hub, "HF_HUB_OFFLINE", True)
    with pytest.raises(SourceUnreachable, match="HF_HUB_OFFLINE is set"):
        Store(tmp_path, manifest=manifest(entry([HUB]))).fetch(["toy"])


def test_a_dead_hub_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several entries, one warning."""
    template = "http://127.0.0.1:9/{repo_id}/{revision}/{filename}"
    monkeypatch.setattr(hub, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    names = [f"toy-{n}" for n in range(5)]
    store = Store(tmp_path, manifest=manifest(*(entry([HUB], name=name) for name in names)))
    recorder = Recorder()
    with pytest.raises(SourceUnreachable):
        store.fetch(names, progress=recorder)
    assert len(recorder.warnings) == 1


def test_a_stamp_saves_hashing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An untouched file is hashed once in its life."""
    store.fetch(["toy"])

    def never(path: Path) -> str:
        raise AssertionError(f"{path} was hashed")

    monkeypatch.setattr(stamp, "sha256_of", never)
    store.locate("toy")


def test_a_touched_file_is_hashed_again(store: Store) -> None:
    """A changed time does not condemn a file; its content decides, and it is stamped anew."""
    path = store.fetch(["toy"])["toy"] / "model.bin"
    os.utime(path, ns=(1, 1))
    assert store.status("toy").state == "unverified"
    store.locate("toy")
    assert store.status("toy").state == "ready"


def test_a_changed_file_is_refused(store: Store) -> None:
    """A file of the right size but other content is not handed out; fetch replaces it."""
    path = store.fetch(["toy"])["toy"] / "model.bin"
    path.write_bytes(WRONG)
    with pytest.raises(WeightsCorrupt, match="tritone models fetch toy"):
        store.locate("toy")
    store.fetch(["toy"])
    assert path.read_bytes() == BODY


def test_a_corrupt_file_does_not_pass_for_delivered(store: Store, server: Server) -> None:
    """When nobody can replace a corrupt file, the fetch fails."""
    path = store.fetch(["toy"])["toy"] / "model.bin"
    path.write_bytes(WRONG)
    server.files.clear()
    with pytest.raises(SourceUnreachable):
        store.fetch(["toy"])


def test_verify_sees_through_a_stamp(store: Store) -> None:
    """`verify` hashes even a file whose size and time are as stamped."""
    path = store.fetch(["toy"])["toy"] / "model.bin"
    times = path.stat()
    path.write_bytes(WRONG)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert store.status("toy").state == "ready"
    assert [check.state for check in store.verify(["toy"])] == ["corrupt"]
    assert store.status("toy").state == "unverified"


def test_verify_tells_of_missing_files(store: Store) -> None:
    """Every file of the entry is accounted for."""
    assert [check.state for check in store.verify(["toy"])] == ["missing"]
    store.fetch(["toy"])
    assert [check.state for check in store.verify(["toy"])] == ["ok"]


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


PROCESS = """
import sys, msgspec
from pathlib import Path
from tritone.weights import Manifest, Store
manifest = msgspec.json.decode(sys.argv[2], type=Manifest)
store = Store(Path(sys.argv[1]), manifest=manifest)
try:
    print(store.fetch(["toy"])["toy"])
except KeyboardInterrupt:
    sys.exit(130)
"""


def process(home: Path, known: Manifest) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", PROCESS, str(home), msgspec.json.encode(known).decode()]
    return subprocess.Popen(line, stdout=subprocess.PIPE, text=True)


def test_two_processes_fetch_it_once(tmp_path: Path, toy: Manifest, server: Server) -> None:
    """The second waits for the first and finds its file."""
    server.delay = 0.02
    pair = [process(tmp_path, toy) for _ in range(2)]
    answers = [one.communicate(timeout=30)[0].strip() for one in pair]
    folder = tmp_path / "weights" / "toy" / "1"
    assert answers == [str(folder)] * 2
    assert (folder / "model.bin").read_bytes() == BODY
    assert server.asked("/model") == [""]


def begun(part: Path) -> bool:
    """Whether something of a download is on the disk."""
    return part.is_file() and part.stat().st_size > 0


def test_an_interrupt_leaves_a_part_to_resume(
    tmp_path: Path, toy: Manifest, server: Server
) -> None:
    """After Ctrl-C nothing is visible under the file's name, and the next run goes on."""
    server.delay = 0.2
    with process(tmp_path, toy) as child:
        deadline = time.monotonic() + 20
        while not begun(part_of(tmp_path)) and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=20)
    assert child.returncode == 130
    store = Store(tmp_path, manifest=toy)
    have = part_of(tmp_path).stat().st_size
    assert 0 < have < len(BODY)
    assert store.status("toy").state == "partial"
    server.delay = 0
    store.fetch(["toy"])
    assert server.asked("/model") == ["", f"bytes={have}-"]
    assert (store.locate("toy") / "model.bin").read_bytes() == BODY
