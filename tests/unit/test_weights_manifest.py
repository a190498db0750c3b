"""The manifest as data."""

import string

import msgspec
import pytest

from tests.unit.weights_kit import BODY, entry, manifest
from tritone.errors import WeightsMissing
from tritone.weights import Weights, load_manifest
from tritone.weights.manifest import HubSource, Member, PackageSource, UrlSource

pytestmark = pytest.mark.unit

ENTRIES = pytest.mark.parametrize("weights", load_manifest().weights, ids=lambda w: w.name)


@ENTRIES
def test_every_source_covers_every_file(weights: Weights) -> None:
    """Whichever source answers, the entry is whole afterwards."""
    names = {file.name for file in weights.files}
    assert weights.sources
    for source in weights.sources:
        assert set(source.files) == names


@ENTRIES
def test_files_are_pinned(weights: Weights) -> None:
    """Every file has a sha256 of 64 hex digits and a size."""
    for file in weights.files:
        assert len(file.sha256) == 64
        assert set(file.sha256) <= set(string.hexdigits.lower())
        assert file.size > 0


@ENTRIES
def test_sources_are_pinned(weights: Weights) -> None:
    """No source can move under us: a revision or tag, exact package versions, https."""
    for source in weights.sources:
        match source:
            case HubSource():
                assert source.revision not in ("", "main", "master")
            case UrlSource():
                assert all(url.startswith("https://") for url in source.files.values())
            case PackageSource():
                assert all("==" in one for one in source.requirements())


def test_a_set_has_one_entry_for_each_purpose() -> None:
    """A set is a whole system: exactly one of each kind of model."""
    known = load_manifest()
    for name in ("default", "light"):
        purposes = [known.get(one).purpose for one in known.in_set(name)]
        assert sorted(purposes) == ["embedder", "llm", "stt", "tts", "vad"]


def test_parts_are_named_in_numeric_order() -> None:
    """Part 10 follows part 9, in the package's name and in the path inside it."""
    member = Member(package="p{n}==1", member="p/part{n:02}.bin", parts=11)
    pieces = member.pieces()
    assert [p for p, _ in pieces] == [f"p{n}==1" for n in range(1, 12)]
    assert pieces[8:] == [
        ("p9==1", "p/part09.bin"),
        ("p10==1", "p/part10.bin"),
        ("p11==1", "p/part11.bin"),
    ]


def test_an_unknown_name_suggests_the_nearest() -> None:
    """A slip of the keyboard is answered with what was meant."""
    with pytest.raises(WeightsMissing, match="did you mean 'piper-joe'"):
        load_manifest().get("piper-jo")


URL = {"kind": "url", "files": {"model.bin": "https://example.org/model.bin"}}


@pytest.mark.parametrize(
    ("mistake", "complaint"),
    [
        ({"sets": ["defualt"]}, "Invalid enum value 'defualt'"),
        ({"sources": [{"kind": "url", "files": {}}]}, "does not cover"),
        ({"sources": [{"kind": "ftp", "files": {}}]}, "Invalid value 'ftp'"),
        ({"sources": []}, "length >= 1"),
        ({"name": "../up"}, "matching regex"),
        ({"licence": {"spdx": "MIT", "evidence": "verified"}}, "stated"),
        ({"files": [{"name": "model.bin", "size": 1, "sha256": "abc"}]}, "matching regex"),
        ({"licens": "MIT"}, "unknown field `licens`"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_mistake_is_found_when_read(mistake: dict[str, object], complaint: str) -> None:
    """A manifest that is not well formed is refused, and the field is named."""
    with pytest.raises(msgspec.ValidationError, match=complaint):
        manifest(entry([URL], {"model.bin": BODY}) | mistake)


def test_two_entries_of_one_name_are_refused() -> None:
    """A name stands for one entry."""
    with pytest.raises(msgspec.ValidationError, match="twice"):
        manifest(entry([URL]), entry([URL]))
