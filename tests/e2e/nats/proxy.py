"""A network that may stall: a TCP proxy that holds back what it is given, both ways."""

import asyncio
import contextlib


class Proxy:
    """Listens on a port of its own and passes everything on.

    Args:
        port: on 127.0.0.1, of the server behind it.
    """

    def __init__(self, port):
        self._target = port
        self._moving = asyncio.Event()
        self._moving.set()
        self._tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await asyncio.sleep(0)  # one that was accepted last has its task by then
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self):
        """Where a NATS server seems to be."""
        return f"nats://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @contextlib.contextmanager
    def stalled(self):
        """A block during which nothing passes, and nobody is told."""
        self._moving.clear()
        try:
            yield
        finally:
            self._moving.set()

    async def _connected(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with (
            contextlib.closing(writer),
            contextlib.suppress(OSError, asyncio.CancelledError),  # it is no task of ours
        ):
            await self._moving.wait()
            behind = await asyncio.open_connection("127.0.0.1", self._target)
            passing = [self._pass(reader, behind[1]), self._pass(behind[0], writer)]
            await asyncio.gather(*passing)

    async def _pass(self, reader, writer):
        try:
            while data := await reader.read(65536):
                await self._moving.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            return
        finally:
            writer.close()
