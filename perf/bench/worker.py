"""One subject in a process of its own: ``python -m perf.bench.worker SUBJECT``.

Speaks `perf.bench.wire` over stdin and stdout. Engines print what they like: what goes to file
descriptor 1 is sent to stderr, and the answers have a descriptor of their own.
"""

import asyncio
import gc
import os
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any, BinaryIO

import msgspec

from perf.bench import subjects
from perf.bench.loads import driven
from perf.bench.processes import Tree
from perf.bench.subjects.base import Subject
from perf.bench.wire import Ask, Done, Reply, Work, pack, unpack

__all__ = ["main", "served"]


class Worker:
    """Answers the lines of a runner.

    Args:
        subject: that does the work, not opened yet.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._tree: Tree | None = None

    async def answer(self, line: bytes) -> Reply:
        """What to say to one line. A failure of the subject is an answer, too."""
        try:
            ask = unpack(Ask, line)
            if ask.open is not None:
                facts = await self._subject.open(ask.open)
                return Reply(ready=self._opened(facts))
            if ask.round is not None:
                return Reply(round=await self._round(ask.round))
        except msgspec.DecodeError as error:
            return Reply(error=f"not a line of this protocol: {error}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the runner has to hear of it
            return Reply(error=" ".join(f"{type(error).__name__}: {error}".split()))
        return Reply(error="a line asks for `open` or `round`")

    async def close(self) -> None:
        """Closes the subject."""
        await self._subject.close()

    def _opened(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        pids = facts.get("pids")
        if pids:
            self._tree = Tree(pids)
        return {name: value for name, value in facts.items() if name != "pids"}

    async def _round(self, work: Work) -> Done:
        gc.collect()  # the garbage of the last round is not this one's work
        before = self._tree.cpu() if self._tree else None
        began = time.perf_counter()
        answers = await driven(work.load, self._subject.one, work.items)
        wall = time.perf_counter() - began
        cpu = self._tree.cpu() - before if self._tree and before is not None else None
        memory = self._tree.memory() if self._tree else None
        return Done(wall=wall, cpu=cpu, memory=memory, answers=answers)


async def served(subject: Subject, lines: BinaryIO, replies: BinaryIO) -> None:
    """Answers line after line until the pipe is closed, and closes the subject.

    The pipe is watched while a line is answered: whoever closes it does not want the answer.
    """
    worker = Worker(subject)

    def next_line() -> asyncio.Task[bytes]:
        return asyncio.create_task(asyncio.to_thread(lines.readline))

    try:
        coming = next_line()
        while line := await coming:
            coming = next_line()
            answering = asyncio.create_task(worker.answer(line))
            await asyncio.wait({answering, coming}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() and not coming.result():
                answering.cancel()
                await asyncio.wait({answering})
                return
            replies.write(pack(await answering))
            replies.flush()
    finally:
        await worker.close()


def main(name: str) -> None:
    """Runs the subject of this name until stdin ends."""
    # Ctrl-C reaches everybody at the terminal; the runner closes the pipe in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        subject = subjects.made(name)
    except Exception as error:  # noqa: BLE001 - the runner has to hear of it
        replies.write(pack(Reply(error=" ".join(str(error).split()))))
        replies.flush()
        raise SystemExit(1) from None
    with replies:
        asyncio.run(served(subject, sys.stdin.buffer, replies))


if __name__ == "__main__":
    main(sys.argv[1])
