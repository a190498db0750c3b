"""What a recording costs as MessagePack and as JSON with base64: bytes, and time on both sides.

The same spoken request is written and read by msgspec both ways, in turns; the reader gets the
recording as bytes either way. Reported are the medians over rounds, and the ratio per round.

    python perf/voice_encoding.py --seconds 1 --seconds 10 --seconds 60
"""

import json
import secrets
import statistics
import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from tritone.nats.wire import VoiceRequest, pack, unpack

__all__ = ["main"]

BYTES_A_SECOND = 32_000
"""Mono, 16 bits, 16 kHz."""
_json = msgspec.json.Encoder()


def _write_json(request: VoiceRequest) -> bytes:
    return _json.encode(request)  # bytes become base64


def _read_json(data: bytes) -> VoiceRequest:
    return msgspec.json.decode(data, type=VoiceRequest)


def _timed(do: Callable[[], Any], times: int) -> float:
    """Seconds that it takes, in the mean over so many times."""
    began = time.perf_counter()
    for _ in range(times):
        do()
    return (time.perf_counter() - began) / times


def measure(seconds: float, rounds: int, times: int) -> dict[str, float]:
    """Sizes in bytes, times in seconds, and ratios, JSON over MessagePack."""
    request = VoiceRequest(
        request_id="3f2b8c1e-9d4a-4c7b-8e6f-0a1b2c3d4e5f",
        user_id="u42",
        audio=secrets.token_bytes(int(seconds * BYTES_A_SECOND)),
        format="pcm",
        sample_rate=16_000,
        language="en",
    )
    packed, text = pack(request), _write_json(request)
    assert unpack(VoiceRequest, packed) == _read_json(text) == request
    ways: dict[str, Callable[[], Any]] = {
        "packing": lambda: pack(request),
        "writing_json": lambda: _write_json(request),
        "unpacking": lambda: unpack(VoiceRequest, packed),
        "reading_json": lambda: _read_json(text),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in sorted(ways, reverse=bool(number % 2)):
            found[name].append(_timed(ways[name], times))
    return {
        "seconds": seconds,
        "msgpack_bytes": len(packed),
        "json_bytes": len(text),
        "size_ratio": len(text) / len(packed),
        **{name: statistics.median(values) for name, values in found.items()},
        "write_ratio": _ratio(found["writing_json"], found["packing"]),
        "read_ratio": _ratio(found["reading_json"], found["unpacking"]),
    }


def _ratio(one: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def main(
    seconds: Annotated[
        list[float] | None, typer.Option(help="Length of the recording; repeatable.")
    ] = None,
    rounds: Annotated[int, typer.Option(help="Rounds of each way.")] = 30,
    times: Annotated[int, typer.Option(help="How often a round does it.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines instead of a table.")] = False,
) -> None:
    """Compare MessagePack with JSON and base64 for a spoken request."""
    rows = [measure(length, rounds, times) for length in seconds or [1.0, 10.0, 60.0]]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row))
        return
    table = Table("recording", "", "MessagePack", "JSON, base64", "JSON / MessagePack")
    for row in rows:
        size = f"{row['msgpack_bytes']:,.0f} B", f"{row['json_bytes']:,.0f} B"
        write = f"{row['packing'] * 1e6:,.0f} µs", f"{row['writing_json'] * 1e6:,.0f} µs"
        read = f"{row['unpacking'] * 1e6:,.0f} µs", f"{row['reading_json'] * 1e6:,.0f} µs"
        table.add_row(f"{row['seconds']:g} s", "size", *size, f"{row['size_ratio']:.2f}")
        table.add_row("", "write", *write, f"{row['write_ratio']:.1f}")
        table.add_row("", "read", *read, f"{row['read_ratio']:.1f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
