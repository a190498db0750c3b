"""The store checks what it has: by stamps, and by hashing."""

import os
from pathlib import Path

import pytest

from tests.unit.weights_kit import BODY, WRONG, Server
from tritone.errors import SourceUnreachable, WeightsCorrupt
from tritone.weights import Store, stamp

pytestmark = pytest.mark.unit


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
