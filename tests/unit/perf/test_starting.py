"""What is done around the measurement of a start; nothing is started here."""

from pathlib import Path

import pytest

from perf.bench.stage_triton import Triton
from perf.bench.starting import evict
from tritone.errors import ServerUnreachable
from tritone.settings import Settings

pytestmark = pytest.mark.unit


def test_pages_of_files_are_given_back(tmp_path: Path):
    """Files that cannot be opened are passed over; contents stay."""
    file = tmp_path / "weights"
    file.write_bytes(b"x" * 8192)
    assert evict(iter([file, tmp_path / "gone"])) == 1
    assert file.read_bytes() == b"x" * 8192


def test_triton_elsewhere_has_to_be_ready():
    """One that does not answer is told with what to do."""
    triton = Triton(Settings(triton_url="127.0.0.1:9"), lambda _: None)
    with pytest.raises(ServerUnreachable, match=r"127\.0\.0\.1:9: start one"):
        triton.start()
    assert triton.pids == {}
    triton.close()
