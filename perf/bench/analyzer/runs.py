"""What perf_analyzer is run against, as data, and the command line of each run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perf.bench.scenario import Draw

__all__ = ["CALLERS", "RUNS", "Run", "command"]

CALLERS: Final = (1, 4, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One model through one door.

    Attributes:
        key: its name in the report and of its files; what `asking.asked` calls it.
        model: what perf_analyzer calls it.
        draw: on what.
        each: how many requests each caller makes.
        streaming: whether it answers more than once, over gRPC.
        edge: whether it goes through the edge, as an OpenAI endpoint.
    """

    key: str
    model: str
    draw: Draw
    each: Callable[[int], int]
    streaming: bool = False
    edge: bool = False


def _fewer(at_one: int, at_most: int) -> Callable[[int], int]:
    """So many requests of one caller, fewer of each where there are many, two at least."""
    return lambda callers: max(2, min(at_one, at_most // callers))


RUNS: Final[tuple[Run, ...]] = (
    Run(
        key="llm",
        model="llm",
        draw=Draw(kind="chat", max_tokens=32),
        each=_fewer(6, 24),
        streaming=True,
    ),
    Run(key="stt", model="stt", draw=Draw(kind="speech"), each=_fewer(12, 48)),
    Run(key="tts", model="tts", draw=Draw(kind="text"), each=_fewer(12, 48)),
    Run(key="embedder", model="embedder", draw=Draw(kind="passage"), each=_fewer(64, 400)),
    Run(
        key="voice",
        model="voice",
        draw=Draw(kind="speech", max_tokens=24),
        each=_fewer(6, 24),
        streaming=True,
    ),
    Run(
        key="openai",
        model="chat",
        draw=Draw(kind="chat", max_tokens=16),
        each=_fewer(6, 24),
        edge=True,
    ),
)


def command(
    program: str, run: Run, address: str, callers: int, asked: Path, export: Path, report: Path
) -> list[str]:
    """The command line of a run.

    Args:
        program: perf_analyzer.
        run: which.
        address: host:port of Triton's gRPC, or of the edge.
        callers: at once.
        asked: what to send.
        export: file for the times of every request, JSON.
        report: file for the summary, CSV.
    """
    kind = (
        ["--service-kind", "openai", "--endpoint", "v1/chat/completions", "-i", "http"]
        if run.edge
        else ["-i", "grpc", *(["--streaming"] if run.streaming else [])]
    )
    return [
        *(program, "-m", run.model, "-u", address, *kind, "--async"),
        *("--concurrency-range", str(callers)),
        *("--request-count", str(callers * run.each(callers))),
        *("--input-data", str(asked)),
        *("--profile-export-file", str(export), "-f", str(report)),
    ]
