"""One run that brings entries into the cache: disk space, locks, sources in order."""

import shutil
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tritone.errors import SetupError
from tritone.weights.download import Downloader
from tritone.weights.failures import (
    Attempt,
    SourceFailed,
    Stopped,
    Unreachable,
    combine,
    nothing_delivered,
)
from tritone.weights.manifest import PackageSource, PathSource, Source, SourceKind, Weights
from tritone.weights.packages import Resolver
from tritone.weights.progress import Progress
from tritone.weights.sources import Delivery, Tools
from tritone.weights.stamp import Stamps

__all__ = ["Fetch", "scratch_folder"]

_ENTRIES_AT_ONCE = 4
_DOWNLOADS_AT_ONCE = 4
_SPARE = 64 << 20  # bytes to leave free on the disk
_LOCK_POLL = 0.2  # seconds


def scratch_folder(root: Path, entry: Weights) -> Path:
    """Where the parts of an unfinished entry lie."""
    return root / ".partial" / f"{entry.name}@{entry.version}"


class Fetch:
    """Brings entries below `root`. Made for one `run`."""

    def __init__(
        self,
        root: Path,
        search: Sequence[Path],
        stamps: Stamps,
        progress: Progress,
        kinds: Collection[SourceKind],
    ) -> None:
        self._root = root
        self._search = search
        self._stamps = stamps
        self._progress = progress
        self._kinds = kinds
        self._stop = threading.Event()

    def run(self, entries: Sequence[Weights]) -> None:
        """Fetch every entry; a failing one does not keep the others from coming.

        Raises:
            SetupError: (or a kind of it) at least one entry could not be had.
        """
        self._check_space(entries)
        ahead = [
            requirement
            for entry in entries
            for source in self._allowed(entry)
            if isinstance(source, PackageSource)
            for requirement in source.requirements()
        ]
        with (
            closing(Downloader(self._stop, self._progress.warn)) as downloader,
            ThreadPoolExecutor(_DOWNLOADS_AT_ONCE, "weights-download") as pool,
            ThreadPoolExecutor(_ENTRIES_AT_ONCE, "weights-entry") as workers,
        ):
            tools = Tools(downloader, Resolver(ahead), pool, self._stamps, self._progress)
            futures = [workers.submit(self._entry, entry, tools) for entry in entries]
            try:
                errors = _outcomes(futures)
            except BaseException as error:
                # Ctrl-C, or a defect of ours: let the workers put their parts down, then go. One
                # that waits for a server's first byte notices only when it comes.
                self._stop.set()
                if isinstance(error, KeyboardInterrupt):
                    self._progress.warn("stopping; what has come so far is kept")
                workers.shutdown(cancel_futures=True)
                raise
        if errors:
            raise combine(errors)

    def _entry(self, entry: Weights, tools: Tools) -> None:
        folder = self._root / entry.name / entry.version
        scratch = scratch_folder(self._root, entry)
        try:
            with self._locked(entry):
                # Another process may have brought it while we waited.
                wanted = [f for f in entry.files if not self._stamps.verified(folder / f.name, f)]
                for file in wanted:  # what is there is corrupt, and must not pass for delivered
                    (folder / file.name).unlink(missing_ok=True)
                attempts: list[Attempt] = []
                for source in self._allowed(entry):
                    if not wanted:
                        break
                    try:
                        Delivery(entry.name, wanted, scratch, folder, tools).get(source)
                    except SourceFailed as error:
                        attempts.append(Attempt(str(source), error))
                        if not isinstance(error, Unreachable):  # that was told once already
                            self._progress.warn(f"{entry.name}: {attempts[-1]}")
                    wanted = [f for f in wanted if not (folder / f.name).is_file()]
                if wanted:
                    raise nothing_delivered(entry, wanted, attempts)
                shutil.rmtree(scratch, ignore_errors=True)
        except OSError as error:
            raise SetupError(f"cannot store the weights {entry.name!r}: {error}") from error
        self._progress.done(entry.name)

    def _allowed(self, entry: Weights) -> list[Source]:
        """The sources of an entry in order: what the user laid out, then the manifest's."""
        names = tuple(file.name for file in entry.files)
        laid_out: list[Source] = [
            PathSource(folder=str(place), files=names)
            for folder in self._search
            for place in (folder / entry.name / entry.version, folder / entry.name)
            if any((place / name).is_file() for name in names)
        ]
        declared = [s for s in entry.sources if s.__struct_config__.tag in self._kinds]
        return laid_out + declared

    def _check_space(self, entries: Sequence[Weights]) -> None:
        need = 0
        for entry in entries:
            wheels = [s.download for s in self._allowed(entry) if isinstance(s, PackageSource)]
            here = _bytes_below(scratch_folder(self._root, entry))
            need += max(0, entry.size + max(wheels, default=0) - here)
        place = next(p for p in (self._root, *self._root.parents) if p.exists())
        free = shutil.disk_usage(place).free
        if free < need + _SPARE:
            raise SetupError(
                f"fetching {', '.join(entry.name for entry in entries)} takes up to "
                f"{need / 1e6:,.0f} MB, and {place} has {free / 1e6:,.0f} MB free: "
                "make room, or choose another folder by TRITONE_HOME"
            )

    @contextmanager
    def _locked(self, entry: Weights) -> Iterator[None]:
        """Keep other processes off this entry; wait for one that has it."""
        locks = self._root / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(locks / f"{entry.name}@{entry.version}")
        told = False
        while True:
            try:
                lock.acquire(timeout=_LOCK_POLL)
                break
            except Timeout:
                if self._stop.is_set():
                    raise Stopped from None
                if not told:
                    self._progress.warn(f"{entry.name}: another process is fetching it; waiting")
                    told = True
        try:
            yield
        finally:
            lock.release()


def _outcomes(futures: Sequence[Future[None]]) -> list[SetupError]:
    """Wait for all; their failures. A failure that is not the source's is raised at once."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, return_when=FIRST_EXCEPTION)
        for future in done:
            error = future.exception()
            if error is not None and not isinstance(error, SetupError):
                raise error
    return [error for f in futures if isinstance(error := f.exception(), SetupError)]


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*")) if folder.is_dir() else 0
