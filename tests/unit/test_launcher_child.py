"""A child process: waited for, read, started again, stopped, and nothing left of it."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tritone.errors import ServerFailed, SetupError
from tritone.launcher import child as module
from tritone.launcher.child import Child, read_entry

pytestmark = pytest.mark.unit

SLEEPER = "import sys, time; print('up', file=sys.stderr, flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


class Watched:
    """Makes children, and keeps what they say."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.events: list[tuple[str, str]] = []
        self.made: list[Child] = []

    def new(self, code: str, *, revive: bool = True, stop_seconds: float = 10.0) -> Child:
        """A Python that runs `code`; it serves once it has said "up"."""
        child = Child(
            "the child",
            [sys.executable, "-c", code],
            serves=lambda: "up" in self.lines,
            stop_seconds=stop_seconds,
            environment={"TRITONE_CHILD": "yes"},
            on_line=self.lines.append,
            on_event=lambda *event: self.events.append(event),
            revive=revive,
        )
        self.made.append(child)
        return child


@pytest.fixture
def watched() -> Iterator[Watched]:
    found = Watched()
    yield found
    for child in found.made:
        child.close()


def until(condition: Callable[[], object]) -> None:
    """Waits for what should come soon."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_is_waited_for_and_read(watched: Watched) -> None:
    """It serves when it says so; its lines and its variables are those it was given."""
    code = f"import os, sys; print(os.environ['TRITONE_CHILD'], file=sys.stderr); {SLEEPER}"
    child = watched.new(code)
    assert child.pid == 0
    child.start()
    child.wait_ready(20)
    assert watched.lines == ["yes", "up"]
    pid = child.pid
    assert os.getsid(pid) == pid  # Ctrl-C does not reach it
    child.start()
    assert child.pid == pid
    child.close()
    assert (child.pid, psutil.pid_exists(pid), watched.events) == (0, False, [])


def test_it_comes_back(watched: Watched) -> None:
    """Killed, it is started again, after pauses that grow, and each time that is told."""
    child = watched.new(SLEEPER)
    child.start()
    child.wait_ready(20)
    for count, pause in ((1, "0.5 s"), (2, "1 s")):
        before = child.pid
        os.kill(before, signal.SIGKILL)
        until(lambda before=before: child.pid not in (0, before))
        assert len(watched.events) == count
        assert watched.events[-1] == (f"the child ended: starting it again in {pause}", "error")


def test_it_stays_dead_if_wished(watched: Watched) -> None:
    """Without revival it is started again by whoever wants it."""
    child = watched.new(SLEEPER, revive=False)
    child.start()
    child.wait_ready(20)
    os.kill(child.pid, signal.SIGKILL)
    until(lambda: child.pid == 0)
    time.sleep(3 * module.WATCH_SECONDS)
    assert child.pid == 0
    child.start()
    assert child.pid


def test_it_ends_while_starting(watched: Watched) -> None:
    """That is told at once, not after the time it may take."""
    child = watched.new("import sys; sys.exit('no')")
    child.start()
    with pytest.raises(ServerFailed, match="the child ended while starting"):
        child.wait_ready(20)


def test_it_does_not_serve(watched: Watched) -> None:
    """It is given up after its time, and closed all the same."""
    child = watched.new("import time; time.sleep(60)")
    child.start()
    with pytest.raises(ServerFailed, match="does not serve after 0 s"):
        child.wait_ready(0.2)


def test_waiting_can_be_given_up(watched: Watched) -> None:
    """Ctrl-C while it starts does not wait for it."""
    child = watched.new("import time; time.sleep(60)")
    child.start()
    child.wait_ready(20, lambda: True)
    assert child.pid


def test_it_cannot_be_started() -> None:
    """A program that is not there is an error of the tree."""
    child = Child("the child", ["/no/such/program"], serves=lambda: True, stop_seconds=1)
    with pytest.raises(SetupError, match="the child cannot be started"):
        child.start()
    child.close()


def test_one_that_will_not_stop(watched: Watched) -> None:
    """It is killed after its time."""
    child = watched.new(STUBBORN, stop_seconds=0.2)
    child.start()
    child.wait_ready(20)
    pid = child.pid
    child.close()
    assert not psutil.pid_exists(pid)


def test_files_are_passed_on(watched: Watched, tmp_path: Path) -> None:
    """An open file that it inherits stays open in it after the launcher has closed it."""
    descriptor = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    code = f"import os; os.write({descriptor}, b'mine'); {SLEEPER}"
    child = Child(
        "the child",
        [sys.executable, "-c", code],
        serves=lambda: (tmp_path / "lock").read_bytes() == b"mine",
        stop_seconds=5,
        pass_fds=[descriptor],
    )
    watched.made.append(child)
    child.start()
    os.close(descriptor)
    child.wait_ready(20)


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        (
            '{"time": "t", "level": "info", "text": "hi", "port": 1}',
            ("info", "hi", {"port": 1}),
        ),
        ("Traceback", ("warning", "Traceback", {})),
        ('{"level": "info"}', ("warning", '{"level": "info"}', {})),
        ("[1]", ("warning", "[1]", {})),
    ],
)
def test_lines_of_a_log(line: str, entry: tuple[str, str, dict[str, object]]) -> None:
    """Those of a door are taken apart, others are passed on as they are."""
    assert read_entry(line) == entry
