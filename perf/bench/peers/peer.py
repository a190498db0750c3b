"""What every peer is: one process on a free port, and what the stage wants to know of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from perf.bench.machine import cores
from perf.bench.peers.process import PeerProcess, free_port
from tritone.launcher.layout import link_openmp
from tritone.settings import Settings

__all__ = ["HOST", "Peer"]

HOST: Final = "127.0.0.1"


class Peer(ABC):
    """A server to compare with; a `perf.bench.parts.Part`.

    Args:
        settings: of the whole stage.
        on_line: takes each line of its log.
    """

    option: ClassVar[str]
    """The attribute of `Options` that holds its address."""
    title: ClassVar[str]
    """What messages call it."""
    start_seconds: ClassVar[float] = 120.0
    """How long its start may take on a busy machine."""
    stop_seconds: ClassVar[float] = 5.0
    """How long it may take to end after it was asked to."""

    def __init__(self, settings: Settings, on_line: Callable[[str], None]) -> None:
        self.settings = settings
        self.on_line = on_line
        self.port = 0
        self.cores = cores()
        self._process: PeerProcess | None = None

    @abstractmethod
    def command(self) -> Sequence[str]:
        """What to run, with `port` to listen on. Raises TritoneError: it cannot be."""

    @abstractmethod
    def serves(self) -> bool:
        """Whether it answers; asked again and again while it starts."""

    @property
    @abstractmethod
    def facts(self) -> Mapping[str, Any]:
        """For the report, as JSON can hold them."""

    @property
    def address(self) -> str:
        """Where it is; host:port unless it is a URL."""
        return f"{HOST}:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables for it, beside this process's own."""
        # A slim machine has no OpenMP library, which llama.cpp's wheel expects.
        folder = link_openmp(self.settings.home / "openmp")
        return {"LD_LIBRARY_PATH": str(folder)} if folder else {}

    def start(self) -> None:
        """Starts it and waits until it serves.

        Raises:
            TritoneError: it cannot be installed, found its weights, or started.
        """
        self.port = free_port()
        self._process = PeerProcess(
            self.title,
            self.command(),
            self.serves,
            self.on_line,
            environment=self.environment,
            stop_seconds=self.stop_seconds,
        )
        self._process.start(self.start_seconds)

    @property
    def addresses(self) -> Mapping[str, str]:
        return {self.option: self.address}

    @property
    def pids(self) -> Mapping[str, int]:
        return {self.option: self._process.pid} if self._process is not None else {}

    def close(self) -> None:
        """Ends it, with all that it started."""
        if self._process is not None:
            self._process.close()
