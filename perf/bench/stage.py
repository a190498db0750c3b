"""The stage: what runs behind the subjects, started when it is needed and ended when no more.

Servers that nobody is measured with would still take cores from those that are, a little.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from perf.bench.machine import cores
from perf.bench.parts import PARTS, Part, part_of
from perf.bench.subjects.base import Options
from tritone.errors import TritoneError
from tritone.settings import Settings

__all__ = ["Stage"]

Make = Callable[[str, Settings, Callable[[str], None]], Part]


class Stage:
    """The parts that run.

    Args:
        settings: of all parts.
        seed: for subjects that draw for themselves.
        on_line: takes each line of a part's log: the part's name and the line.
        make: makes a part.

    Attributes:
        failed: why a part could not be started, by its name; it is not tried again.
        facts: of every part that ran.
    """

    def __init__(
        self,
        settings: Settings,
        seed: int,
        on_line: Callable[[str, str], None] = lambda _name, _line: None,
        make: Make = part_of,
    ) -> None:
        self._settings = settings
        self._seed = seed
        self._on_line = on_line
        self._make = make
        self._parts: dict[str, Part] = {}
        self.failed: dict[str, str] = {}
        self.facts: dict[str, Mapping[str, Any]] = {}

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the parts that run, in the order in which they were started."""
        return tuple(self._parts)

    def need(self, names: Iterable[str]) -> None:
        """Starts those that do not run yet. What cannot be started is noted in `failed`."""
        wanted = set(names)
        for name in PARTS:  # doors after what they lead to
            if name in wanted and name not in self._parts and name not in self.failed:
                try:
                    self._start(name)
                except (TritoneError, ImportError, OSError) as error:
                    self.failed[name] = " ".join(str(error).split())

    def keep(self, names: Iterable[str]) -> None:
        """Ends all others, what was started last first."""
        kept = set(names)
        for name in reversed(self.running):
            if name not in kept:
                self._parts.pop(name).close()

    def close(self) -> None:
        """Ends everything."""
        self.keep(())

    def options(self) -> Options:
        """Where everything is now."""
        addresses: dict[str, str] = {}
        pids: dict[str, int] = {}
        for part in self._parts.values():
            addresses |= part.addresses
            pids |= part.pids
        return Options(
            pids=pids,
            cores=cores(),
            home=str(self._settings.home),
            weights_set=self._settings.weights_set,
            seed=self._seed,
            **addresses,  # type: ignore[arg-type] # names of its attributes, as `Part` says
        )

    def _start(self, name: str) -> None:
        part = self._make(name, self._settings, lambda line: self._on_line(name, line))
        with contextlib.ExitStack() as undo:
            undo.callback(part.close)
            part.start()
            undo.pop_all()
        self._parts[name] = part
        self.facts[name] = dict(part.facts)
