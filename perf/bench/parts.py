"""Parts of the stage: what can run behind subjects, by name.

A part is started when the first scenario needs it and ended when no later one does. Its addresses
are written into the `Options` of every subject that is opened while it runs.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, Protocol

from tritone.settings import Settings

__all__ = ["PARTS", "Part", "part_of"]


class Part(Protocol):
    """A server, or several that belong together.

    It is made with the settings of the whole stage (ports on this machine that are free) and a
    function that takes each line of its log::

        part = RayServe(settings, on_line)
    """

    def start(self) -> None:
        """Starts it and waits until it has answered a request of every kind that it serves.

        Raises:
            TritoneError: it cannot be; the message says what to do. `close` is called all the same.
        """
        ...

    @property
    def addresses(self) -> Mapping[str, str]:
        """What it adds to `Options`, once it runs: names of its attributes, and their values."""
        ...

    @property
    def pids(self) -> Mapping[str, int]:
        """Its processes by the names that `Options.pids` gives them; children are found by them."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """For the report, as JSON can hold them: ``version``, ``threads``, ``weights`` ..."""
        ...

    def close(self) -> None:
        """Ends every process that it started, by its id. Called once, also after a failed start."""
        ...


PARTS: Final[Mapping[str, str]] = {
    "triton": "perf.bench.stage_triton:Triton",
    "edge": "perf.bench.stage_doors:Edge",
    "nats": "perf.bench.stage_doors:Nats",
    "aiservice": "perf.bench.stage_doors:AiService",
    "ray": "perf.bench.peers.ray_serve:RayServe",
    "wyoming_stt": "perf.bench.peers.wyoming_stt:WyomingStt",
    "wyoming_tts": "perf.bench.peers.wyoming_tts:WyomingTts",
    "llamacpp": "perf.bench.peers.llamacpp_server:LlamacppServer",
}


def part_of(name: str, settings: Settings, on_line: Callable[[str], None]) -> Part:
    """A part by its name, not started yet."""
    module, _, attribute = PARTS[name].partition(":")
    part: Part = getattr(import_module(module), attribute)(settings, on_line)
    return part
