"""Processes that fetch at the same time, and one that is interrupted."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from tests.unit.weights_kit import BODY, Server, part_of
from tritone.weights import Manifest, Store

pytestmark = pytest.mark.unit

PROCESS = """
import sys, msgspec
from pathlib import Path
from tritone.weights import Manifest, Store
manifest = msgspec.json.decode(sys.argv[2], type=Manifest)
store = Store(Path(sys.argv[1]), manifest=manifest)
try:
    print(store.fetch(["toy"])["toy"])
except KeyboardInterrupt:
    sys.exit(130)
"""


def process(home: Path, known: Manifest) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", PROCESS, str(home), msgspec.json.encode(known).decode()]
    return subprocess.Popen(line, stdout=subprocess.PIPE, text=True)


def test_two_processes_fetch_it_once(tmp_path: Path, toy: Manifest, server: Server) -> None:
    """The second waits for the first and finds its file."""
    server.delay = 0.02
    pair = [process(tmp_path, toy) for _ in range(2)]
    answers = [one.communicate(timeout=30)[0].strip() for one in pair]
    folder = tmp_path / "weights" / "toy" / "1"
    assert answers == [str(folder)] * 2
    assert (folder / "model.bin").read_bytes() == BODY
    assert server.asked("/model") == [""]


def begun(part: Path) -> bool:
    """Whether something of a download is on the disk."""
    return part.is_file() and part.stat().st_size > 0


def test_an_interrupt_leaves_a_part_to_resume(
    tmp_path: Path, toy: Manifest, server: Server
) -> None:
    """After Ctrl-C nothing is visible under the file's name, and the next run goes on."""
    server.delay = 0.2
    with process(tmp_path, toy) as child:
        deadline = time.monotonic() + 20
        while not begun(part_of(tmp_path)) and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=20)
    assert child.returncode == 130
    store = Store(tmp_path, manifest=toy)
    have = part_of(tmp_path).stat().st_size
    assert 0 < have < len(BODY)
    assert store.status("toy").state == "partial"
    server.delay = 0
    store.fetch(["toy"])
    assert server.asked("/model") == ["", f"bytes={have}-"]
    assert (store.locate("toy") / "model.bin").read_bytes() == BODY
