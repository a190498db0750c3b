"""tritone/protos is what proto/ says: nobody has changed one and not the other."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUBS = ROOT / "tritone" / "protos"
SOURCES = sorted(path.relative_to(ROOT / "proto") for path in (ROOT / "proto").rglob("*.proto"))
pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What `make protos` writes."""
    folder = tmp_path_factory.mktemp("protos")
    command = [sys.executable, "-m", "grpc_tools.protoc", "-Itritone/protos=proto"]
    command += [f"--{kind}_out={folder}" for kind in ("python", "pyi", "grpc_python")]
    command += [f"tritone/protos/{source}" for source in SOURCES]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder / "tritone" / "protos"


def stubs(folder: Path) -> dict[str, bytes]:
    """Generated files, by their path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*_pb2*")
        if path.suffix in (".py", ".pyi")
    }


def test_there_are_stubs_for_every_proto(made):
    """Three files each."""
    assert len(stubs(made)) == 3 * len(SOURCES) > 0


def test_stubs_are_what_their_protos_say(made):
    """`make protos` would change nothing."""
    assert stubs(STUBS) == stubs(made)
