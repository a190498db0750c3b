"""The store asks the model hub."""

from pathlib import Path

import huggingface_hub.constants as hub
import pytest

from tests.unit.weights_kit import BODY, Recorder, Server, entry, manifest
from tritone.errors import SourceUnreachable
from tritone.weights import Store

pytestmark = pytest.mark.unit

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
