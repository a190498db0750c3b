"""nats-servers of the tests' own, on ports that nobody uses."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tritone.launcher.nats_server import NatsServer
from tritone.settings import NatsSettings, Settings


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def nats_settings(folder: Path) -> Settings:
    """Settings of a server with a store in `folder`, on free ports."""
    port, monitor_port = free_ports(2)
    nats = NatsSettings(port=port, monitor_port=monitor_port, store=folder / "store")
    return Settings(home=folder, nats=nats)


@contextlib.contextmanager
def running(*configs: Path) -> Iterator[None]:
    """Servers with configurations of the test's own, until they take connections and no longer."""
    program = Path(sys.executable).parent / "nats-server"
    processes = [
        subprocess.Popen([program, "-c", config], stderr=subprocess.DEVNULL) for config in configs
    ]
    try:
        for config in configs:
            port = int(re.search(r"^listen: \S+:(\d+)", config.read_text(), re.MULTILINE)[1])
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.02)
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


@contextlib.contextmanager
def guarded_server(folder: Path) -> Iterator[int]:
    """The port of a server that lets nobody in but ada, and somebody with a key."""
    (port,) = free_ports(1)
    config = folder / "guarded.conf"
    config.write_text(
        f"listen: 127.0.0.1:{port}\n"
        "authorization { users: [ { user: ada, password: secret }, { nkey: "
        "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4 } ] }"
    )
    with running(config):
        yield port


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The addresses of three servers that are one cluster."""
    ports, routes = free_ports(3), free_ports(3)
    configs = [folder / f"{port}.conf" for port in ports]
    others = ", ".join(f"nats://127.0.0.1:{route}" for route in routes)
    for config, port, route in zip(configs, ports, routes, strict=True):
        config.write_text(
            f"listen: 127.0.0.1:{port}\nserver_name: s{port}\n"
            f'jetstream {{ store_dir: "{folder}/{port}" }}\n'
            f"cluster {{ name: test, listen: 127.0.0.1:{route}, routes: [{others}] }}\n"
        )
    with running(*configs):
        yield ",".join(f"nats://127.0.0.1:{port}" for port in ports)


class OwnServer:
    """A server that a test may kill and start again, on the same ports and with the same store.

    Attributes:
        settings: its ports and store.
        lines: what it logged, as level and text.
    """

    def __init__(self, folder: Path) -> None:
        self.settings = nats_settings(folder)
        self.lines: list[tuple[str, str]] = []
        self._server = NatsServer(
            self.settings, lambda *line: self.lines.append(line), revive=False
        )

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._server.url

    @property
    def monitor_url(self) -> str:
        """Where it tells of itself."""
        return self._server.monitor_url

    @property
    def pid(self) -> int:
        """Process id, or 0."""
        return self._server.pid

    def start(self) -> None:
        """Starts it, also again after `kill`; returns once it serves."""
        self._server.start()
        self._server.wait_ready()

    def kill(self) -> None:
        """Kills it with SIGKILL, as a crash would end it."""
        os.kill(self.pid, signal.SIGKILL)
        while self.pid:
            time.sleep(0.01)

    def close(self) -> None:
        """Stops it."""
        self._server.close()
