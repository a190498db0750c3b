"""Getting perf_analyzer out of the wheels that carry it."""

import zipfile
from pathlib import Path

import pytest

from perf.bench.analyzer import tool
from tritone.errors import SetupError

pytestmark = pytest.mark.unit

RUNS = "#!/bin/sh\necho $LD_LIBRARY_PATH\n"
LACKS = "#!/bin/sh\necho 'error while loading shared libraries: libssl.so.3' >&2\nexit 127\n"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes `obtained` find two wheels, with this script as the program, and counts downloads."""
    downloads: list[Path] = []

    def made(script: str, *, b64: bool = True) -> list[Path]:
        folder = tmp_path / "wheels"
        folder.mkdir()
        with zipfile.ZipFile(folder / "a.whl", "w") as archive:
            archive.writestr(tool._PROGRAM, script)
            archive.writestr(tool._LICENCE, "BSD")
            archive.writestr("tritonclient/other.py", "")
        with zipfile.ZipFile(folder / "b.whl", "w") as archive:
            archive.writestr(tool._CUDA, "a library")

        def downloaded(_scratch: Path, _on_line: object) -> list[Path]:
            downloads.append(folder)
            return sorted(folder.glob("*.whl"))

        monkeypatch.setattr(tool, "_downloaded", downloaded)
        monkeypatch.setattr(tool, "_has_b64", lambda: b64)
        return downloads

    return made


def test_it_is_got_once(tmp_path: Path, wheels):
    """The program, its licence and its library are kept; the next time nothing is downloaded."""
    downloads = wheels(RUNS)
    found = tool.obtained(tmp_path)
    assert found.program.is_file()
    assert (found.program.parent / "LICENSE.txt").read_text() == "BSD"
    assert [path.name for path in found.libraries.iterdir()] == ["libcudart.so.12"]
    assert tool.obtained(tmp_path) == found
    assert len(downloads) == 1


def test_its_libraries_come_first(tmp_path: Path, wheels, monkeypatch: pytest.MonkeyPatch):
    """Folders that were to be looked in already still are, after ours."""
    wheels(RUNS)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/other")
    found = tool.obtained(tmp_path)
    assert found.environment["LD_LIBRARY_PATH"] == f"{found.libraries}:/other"


def test_it_does_not_run_here(tmp_path: Path, wheels):
    """What the loader says is in the error."""
    wheels(LACKS)
    with pytest.raises(SetupError, match=r"does not run on this machine: .*libssl\.so\.3"):
        tool.obtained(tmp_path)


def test_without_libb64_and_apt(tmp_path: Path, wheels, monkeypatch: pytest.MonkeyPatch):
    """Where libb64 can not be taken from Debian, the user is told how to install it."""
    wheels(RUNS, b64=False)
    monkeypatch.setattr(tool.shutil, "which", lambda _: None)
    with pytest.raises(SetupError, match="apt-get install libb64-0d"):
        tool.obtained(tmp_path)
    assert not (tmp_path / "perf_analyzer" / tool.VERSION).exists()


def test_wheels_are_pinned():
    """Both wheels have a version and a hash, and no address."""
    lines = tool._REQUIREMENTS.read_text(encoding="utf-8")
    assert f"tritonclient=={tool.VERSION}" in lines
    assert lines.count("--hash=sha256:") == 2
    assert "://" not in lines
