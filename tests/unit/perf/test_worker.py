"""A worker in its own process, and what the runner sees of it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import psutil
import pytest

from perf.bench.loads import Closed
from perf.bench.subjects.base import Options
from perf.bench.wire import Work
from perf.bench.worker_process import WorkerProcess
from tests.unit.perf.perf_kit import chat
from tritone.errors import ServerFailed

pytestmark = pytest.mark.unit

COMMAND = (sys.executable, "-m", "tests.unit.perf.echo_worker")


@pytest.fixture
async def worker() -> AsyncIterator[WorkerProcess]:
    """One that is opened; it is closed in any case."""
    worker = WorkerProcess("echo", command=COMMAND)
    try:
        await worker.open(Options(), 60)
        yield worker
    finally:
        await worker.close()


def work(*texts: str) -> Work:
    return Work(Closed(2), [chat(text) for text in texts])


async def test_round_is_done_in_the_other_process(worker: WorkerProcess):
    """Answers come back in order with what the subject says, its CPU time and its memory."""
    assert worker.facts == {"version": "1"}  # its processes are the worker's own affair
    done = await worker.round(work("one", "burn", "fail"), 60)
    assert [answer.extra.get("text") for answer in done.answers] == ["one", "burn", None]
    assert [answer.error for answer in done.answers] == [None, None, "it was asked to"]
    assert done.cpu is not None
    assert done.cpu > 0
    assert done.memory is not None
    assert done.memory > 0


async def test_engines_may_print(worker: WorkerProcess):
    """What goes to standard output, from whatever depth, does not disturb the protocol."""
    done = await worker.round(work("print"), 60)
    assert done.answers[0].extra["text"] == "print"


async def test_worker_that_dies_says_last_words(worker: WorkerProcess):
    """The error has its status and what it said; closing it is harmless."""
    with pytest.raises(ServerFailed, match=r"echo ended with status 3.*something is wrong here"):
        await worker.round(work("die"), 60)
    assert worker.pid == 0


async def test_killed_worker_is_named_by_its_signal(worker: WorkerProcess):
    """An error tells that somebody killed it."""
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(ServerFailed, match="SIGKILL"):
        await worker.round(work("one"), 60)


async def test_round_has_a_limit(worker: WorkerProcess):
    """A subject that hangs is given up."""
    with pytest.raises(ServerFailed, match="echo gave no answer within 0 s"):
        await worker.round(work("hang"), 0.2)


async def test_closing_gives_up_a_round(worker: WorkerProcess):
    """Nobody waits for an answer any more, so the worker ends by itself, and soon."""
    pid = worker.pid
    with pytest.raises(ServerFailed):
        await worker.round(work("hang"), 0.2)
    async with asyncio.timeout(7):  # less than it takes to be ended
        await worker.close()
    assert not psutil.pid_exists(pid)


async def test_stuck_worker_is_ended(worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch):
    """Closing ends a worker that does not end by itself."""
    monkeypatch.setattr("perf.bench.worker_process.CLOSE_SECONDS", 0.2)
    pid = worker.pid
    with pytest.raises(ServerFailed):
        await worker.round(work("stick"), 0.2)
    await worker.close()
    assert not psutil.pid_exists(pid)


async def test_subject_that_cannot_open():
    """Its reason arrives in one line."""
    worker = WorkerProcess("echo", command=COMMAND)
    try:
        with pytest.raises(ServerFailed, match="echo: RuntimeError: there are no weights"):
            await worker.open(Options(parameters={"fail": "yes"}), 60)
    finally:
        await worker.close()


async def test_unknown_subject_is_refused():
    """The real worker says which subjects there are, and ends."""
    worker = WorkerProcess("triton.nothing")
    try:
        with pytest.raises(ServerFailed, match=r"no subject 'triton\.nothing'"):
            await worker.open(Options(), 60)
    finally:
        await worker.close()


async def test_closing_ends_the_process():
    """A worker ends when its pipe is closed, soon and by itself."""
    worker = WorkerProcess("echo", command=COMMAND)
    await worker.open(Options(), 60)
    pid = worker.pid
    async with asyncio.timeout(10):
        await worker.close()
    assert not psutil.pid_exists(pid)
