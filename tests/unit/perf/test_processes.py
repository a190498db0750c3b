"""Trees of processes: what they cost, and how they are ended."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from perf.bench.processes import Tree, ended

pytestmark = pytest.mark.unit

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {child!r}])
print(child.pid, flush=True)
child.wait()
"""
BUSY = "sum(range(20_000_000)); print('done', flush=True); import time; time.sleep(60)"


@pytest.fixture
def family() -> Iterator[tuple[int, int]]:
    """A process and its child, which has worked for a while."""
    code = PARENT.format(child=BUSY)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        child = int(one.stdout.readline())
        assert one.stdout.readline() == "done\n"
        yield one.pid, child
        ended([one.pid])


def test_children_count(family: tuple[int, int]):
    """CPU time and memory are of all that a root started."""
    parent, child = family
    assert Tree([parent]).cpu() > Tree([child]).cpu() > 0
    assert Tree([parent]).memory() > Tree([child]).memory() > 0


def test_nobody_counts_twice(family: tuple[int, int]):
    """A child that is a root, too, counts once."""
    parent, child = family
    whole = Tree([parent]).cpu()
    assert whole <= Tree([parent, child]).cpu() < whole + 0.1


def test_ending_leaves_nobody(family: tuple[int, int]):
    """A root is ended with all that it started."""
    ended([family[0]])
    assert not any(
        psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        for pid in family
    )


def test_process_that_is_gone_costs_nothing():
    """A root that has ended is no error."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    tree = Tree([process.pid])
    assert (tree.cpu(), tree.memory()) == (0.0, 0)
    assert Tree([os.getpid()]).cpu() > 0
