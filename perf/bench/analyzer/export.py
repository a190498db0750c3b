"""What perf_analyzer wrote down of a run: when each request was sent, and each response came.

Its own summary counts throughput over windows of whole seconds, and latency of a stream up to its
first response, which may say nothing yet. So the figures here are made of the times themselves.
Its own: https://github.com/triton-inference-server/perf_analyzer, docs/measurements_metrics.md
"""

import csv
import statistics
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from perf.bench.measures import part
from perf.bench.subjects.completions import read
from tritone.errors import ServerFailed

__all__ = ["figures", "waits"]

_NANO: Final = 1e-9
_SERVER: Final = {"Server Queue": "queue", "Server Compute Infer": "compute"}


class _Request(msgspec.Struct):
    """One request; times are in nanoseconds, by the clock of the machine."""

    timestamp: int
    response_timestamps: list[int]
    response_outputs: list[dict[str, msgspec.Raw]] = []


class _Experiment(msgspec.Struct):
    requests: list[_Request]


class _Export(msgspec.Struct):
    experiments: list[_Experiment]


def figures(path: Path) -> dict[str, float]:
    """The figures of the one load in an export.

    Returns:
        ``requests``; ``rate`` (requests a second, from the first that was sent to the last response
        that came); ``first`` and ``first_p95`` (seconds to the first useful response: text, or
        audio); ``last`` and ``last_p95`` (to the last response); and for streams ``pieces``
        (useful responses a second) and ``gap`` (median of the seconds between two of one request).

    Raises:
        ServerFailed: it holds no request that was answered.
    """
    export = msgspec.json.decode(path.read_bytes(), type=_Export)
    requests = [
        request
        for experiment in export.experiments
        for request in experiment.requests
        if request.response_timestamps
    ]
    if not requests:
        raise ServerFailed("perf_analyzer saw no answer")
    useful = [_useful(request) for request in requests]
    begin = min(request.timestamp for request in requests)
    whole = (max(request.response_timestamps[-1] for request in requests) - begin) * _NANO
    firsts = [times[0] for times in useful if times]
    lasts = [(each.response_timestamps[-1] - each.timestamp) * _NANO for each in requests]
    found = {
        "requests": float(len(requests)),
        "rate": len(requests) / whole,
        "last": statistics.median(lasts),
        "last_p95": part(lasts, 0.95),
    }
    if firsts:
        found |= {"first": statistics.median(firsts), "first_p95": part(firsts, 0.95)}
    gaps = [late - soon for times in useful for soon, late in pairwise(times)]
    if gaps:
        found |= {"pieces": sum(map(len, useful)) / whole, "gap": statistics.median(gaps)}
    return found


def waits(path: Path) -> dict[str, float]:
    """Seconds that a request waited in Triton's queue, and was computed, in the mean.

    Nothing where perf_analyzer did not ask the server: for the edge.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return {}
    return {
        name: float(rows[-1][column]) * 1e-6
        for column, name in _SERVER.items()
        if rows[-1].get(column)
    }


def _useful(request: _Request) -> list[float]:
    """When useful responses came, in seconds after the request."""
    times = request.response_timestamps
    outputs = request.response_outputs or [{}] * len(times)
    return [
        (at - request.timestamp) * _NANO
        for at, output in zip(times, outputs, strict=False)
        if _says(output)
    ]


def _says(output: Mapping[str, msgspec.Raw]) -> bool:
    """Whether a response brings text or audio: not every one of a stream does."""
    if not output:
        return False
    if "text_output" in output:
        return bool(_decoded(output["text_output"]))
    if "event" in output:
        return str(_decoded(output["event"])).startswith('{"type":"audio"')
    if "response" in output:
        lines = str(_decoded(output["response"])).encode().splitlines()
        return any(piece.text for line in lines if (piece := read(line)) is not None)
    return True


def _decoded(raw: msgspec.Raw) -> Any:
    return msgspec.json.decode(raw)
