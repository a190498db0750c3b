"""The cache of weights on this machine: find, fetch, check.

    <home>/weights/<name>/<version>/<file>   verified files, nothing else
    <home>/weights/.partial                  what an interrupted fetch left, to be resumed
    <home>/weights/.stamps, .locks           see `stamp`, `fetch`

Folders of ``TRITONE_WEIGHTS_PATH`` (here: `search`) are looked into first, for
``<folder>/<name>/<version>/<file>`` (a copy of the cache) or ``<folder>/<name>/<file>``.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

import msgspec

from tritone.errors import WeightsCorrupt, WeightsMissing
from tritone.weights.fetch import Fetch, scratch_folder
from tritone.weights.manifest import Manifest, SourceKind, Weights, load_manifest
from tritone.weights.progress import Progress, Silent
from tritone.weights.stamp import Stamps

__all__ = ["ALL_SOURCES", "Check", "State", "Status", "Store"]

ALL_SOURCES: tuple[SourceKind, ...] = get_args(SourceKind)

State = Literal["ready", "unverified", "partial", "missing"]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about an entry without reading any content.

    ready: every file is there and was verified; unverified: there, but new or touched since;
    partial: some files, or a part of one; missing: nothing.
    """

    name: str
    state: State
    folder: Path | None = None


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One file after hashing."""

    name: str
    path: Path
    state: Literal["ok", "corrupt", "missing"]


class Store:
    """The weights of one machine.

    Args:
        home: the folder under which `weights` lies.
        search: folders looked into first.
        manifest: Tritone's own unless a test has another.
    """

    def __init__(
        self, home: Path, search: Sequence[Path] = (), manifest: Manifest | None = None
    ) -> None:
        self.manifest = manifest or load_manifest()
        self._root = (home / "weights").absolute()
        self._search = tuple(folder.absolute() for folder in search)
        self._stamps = Stamps(self._root / ".stamps")

    def locate(self, name: str) -> Path:
        """The folder with the verified files of `name`.

        Fast once they were verified; hashes them when they are new or were touched.

        Raises:
            WeightsMissing: they are not here, or there is no such entry.
            WeightsCorrupt: a file is here but is not what the manifest pins.
        """
        entry = self.manifest.get(name)
        wrong: list[Path] = []
        for folder in self._folders(entry):
            present = [file for file in entry.files if (folder / file.name).is_file()]
            bad = [f for f in present if not self._stamps.verified(folder / f.name, f)]
            if len(present) == len(entry.files) and not bad:
                return folder
            wrong += [folder / file.name for file in bad]
        fix = f"run `tritone models fetch {name}`"
        if wrong:
            raise WeightsCorrupt(
                f"the weights {name!r} are not what the manifest pins "
                f"({', '.join(map(str, wrong))}): {fix}"
            )
        raise WeightsMissing(f"the weights {name!r} are not on this machine: {fix}")

    def fetch(
        self,
        names: Iterable[str],
        *,
        progress: Progress | None = None,
        sources: Collection[SourceKind] = ALL_SOURCES,
    ) -> dict[str, Path]:
        """Bring the entries `names` here, several at a time; those that are here stay.

        Every source of an entry is tried in order. May be interrupted (KeyboardInterrupt) and
        called again: it goes on where it was.

        Args:
            names: of entries; once each, in any order.
            progress: told how it goes; None for nobody.
            sources: the kinds of source that may be used; ``("path",)`` stays off the network.

        Returns:
            The folder of each entry.

        Raises:
            WeightsMissing: there is no such entry.
            SourceUnreachable, WeightsCorrupt: an entry could be had from none of its sources; the
                message lists what was tried and how to install it by hand. The others are there.
            SetupError: too little disk space, or a folder that cannot be written to.
        """
        wanted = [self.manifest.get(name) for name in dict.fromkeys(names)]
        found: dict[str, Path] = {}
        for entry in wanted:
            if (folder := self._complete(entry)) is not None:
                found[entry.name] = folder
        missing = [entry for entry in wanted if entry.name not in found]
        if missing:
            fetch = Fetch(self._root, self._search, self._stamps, progress or Silent(), sources)
            fetch.run(missing)
        for entry in missing:
            found[entry.name] = self._home(entry)
        return {entry.name: found[entry.name] for entry in wanted}

    def verify(self, names: Iterable[str]) -> list[Check]:
        """Hash every file of `names` anew, whatever its stamp says.

        Raises:
            WeightsMissing: there is no such entry.
        """
        checks = []
        for entry in [self.manifest.get(name) for name in names]:
            folder = self._where(entry)
            for file in entry.files:
                path = folder / file.name
                state: Literal["ok", "corrupt", "missing"] = "missing"
                if path.is_file():
                    state = "ok" if self._stamps.check(path, file) else "corrupt"
                checks.append(Check(name=entry.name, path=path, state=state))
        return checks

    def status(self, name: str) -> Status:
        """What is here of `name`; reads no content, so it is fast.

        Raises:
            WeightsMissing: there is no such entry.
        """
        entry = self.manifest.get(name)
        if (complete := self._stamped(entry)) is not None:
            return Status(name=name, state="ready", folder=complete)
        folder = self._where(entry)
        present = [file for file in entry.files if (folder / file.name).is_file()]
        if len(present) == len(entry.files):
            return Status(name=name, state="unverified", folder=folder)
        scratch = scratch_folder(self._root, entry)
        if present or (scratch.is_dir() and any(scratch.iterdir())):
            return Status(name=name, state="partial")
        return Status(name=name, state="missing")

    def _home(self, entry: Weights) -> Path:
        return self._root / entry.name / entry.version

    def _folders(self, entry: Weights) -> Iterator[Path]:
        for folder in self._search:
            yield folder / entry.name / entry.version
            yield folder / entry.name
        yield self._home(entry)

    def _where(self, entry: Weights) -> Path:
        """The folder that has most of the entry's files."""

        def count(folder: Path) -> int:
            return sum((folder / file.name).is_file() for file in entry.files)

        return max(self._folders(entry), key=count)

    def _stamped(self, entry: Weights) -> Path | None:
        for folder in self._folders(entry):
            if all(self._stamps.holds(folder / file.name, file) for file in entry.files):
                return folder
        return None

    def _complete(self, entry: Weights) -> Path | None:
        try:
            return self.locate(entry.name)
        except (WeightsMissing, WeightsCorrupt):
            return None
