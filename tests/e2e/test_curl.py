"""The `curl` commands of docs/edge.md and of the README, as a reader copies them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.doors import ROOT, RunningDoor

pytestmark = pytest.mark.triton

ADDRESS = "http://127.0.0.1:8080"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (curl .*(?:\n(?!\$ )[ ].*)*)", re.MULTILINE)


def commands(document: str) -> list[str]:
    """The commands that go to the door, with their continuation lines."""
    text = (ROOT / document).read_text()
    found = [command for block in BLOCK.findall(text) for command in COMMAND.findall(block)]
    return [command for command in found if ADDRESS in command]


@pytest.mark.parametrize("document", ["README.md", "docs/edge.md"])
def test_a_document_has_commands(document: str) -> None:
    """Else the test below would try nothing."""
    assert commands(document)


@pytest.mark.parametrize("command", [*commands("README.md"), *commands("docs/edge.md")])
def test_a_command_works(open_door: RunningDoor, tmp_path: Path, command: str) -> None:
    """Copied into a shell in the project's folder it succeeds, and shows or writes something."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    (tmp_path / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\nmax-time = 120\n")
    done = subprocess.run(
        ["bash", "-c", command.replace(ADDRESS, open_door.url)],
        cwd=tmp_path,
        env={**os.environ, "CURL_HOME": str(tmp_path), "TRITONE_KEY": "none"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    written = re.search(r"(?:-o|--output) (\S+)", command)
    assert (tmp_path / written[1]).stat().st_size if written else done.stdout
