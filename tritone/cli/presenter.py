"""Shows a spoken turn while it happens, and its timings afterwards."""

from pathlib import Path
from typing import Any, Final, Self

import msgspec
from rich.status import Status
from rich.table import Table

from tritone.cli.output import Output
from tritone.cli.turn import Piece, Turn
from tritone.messages import AudioChunk, Failed, TextDelta, Transcript, Usage, VoiceEvent

__all__ = ["TurnPresenter", "timing_table"]

_STAGES: Final = (
    ("heard", "heard_at", "heard"),
    ("first token", "first_token_at", "first_token"),
    ("first audio", "first_audio_at", "first_audio"),
    ("last token", "last_token_at", "last_token"),
    ("done", "at", "done"),
)
"""Name shown, field of `Done`, key of `Turn.arrived`."""


class TurnPresenter:
    """Tells of a turn's events on an `Output`.

    Use as a context manager: a terminal shows what is being waited for meanwhile.

    Args:
        output: where to.
        path: the file the reply's audio goes to, if it goes to one.
    """

    def __init__(self, output: Output, path: Path | None) -> None:
        self._output = output
        self._path = path
        self._waiting: Status | None = None
        if output.progress.is_terminal and not output.as_json:
            self._waiting = output.progress.status("listening …")

    def __enter__(self) -> Self:
        if self._waiting:
            self._waiting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_waiting()
        self._output.end_line()

    def on_event(self, event: VoiceEvent, piece: Piece | None, at: float) -> None:
        """Shows one event."""
        if self._output.as_json:
            self._output.event(**self._as_json(event, piece, at))
            return
        match event:
            case Transcript():
                self._stop_waiting()
                self._output.line(f"you     {event.text}", style="bold")
                self._output.piece("reply   ")
            case TextDelta():
                self._output.piece(event.text)
            case AudioChunk() | Failed():
                pass  # the file's line and the error's line tell of these
            case _:
                self._output.end_line()

    def summary(self, turn: Turn) -> None:
        """Where the audio is, and the timings; or all of it as the last JSON line."""
        if self._output.as_json:
            self._output.event(**self._summary_as_json(turn))
            return
        where = f"{self._path}  " if self._path else ""
        seconds = f"({turn.audio_seconds:.1f} s, {turn.sample_rate:,} Hz)"
        self._output.line(f"audio   {where}{seconds}")
        if turn.usage:
            self._output.line(f"tokens  {_tokens(turn.usage)}")
        self._output.line()
        self._output.table(timing_table(turn))
        if turn.done and turn.done.finish_reason == "length":
            self._output.note("the answer was cut off: --max-tokens allows more")

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.stop()

    def _as_json(self, event: VoiceEvent, piece: Piece | None, at: float) -> dict[str, Any]:
        fields: dict[str, Any] = msgspec.to_builtins(event)
        if piece is not None:
            # Samples have no place in a line of text: they are in the file, from `offset` on.
            fields["path"] = str(self._path) if self._path else None
            fields["offset"], fields["samples"] = piece.offset, piece.samples
        fields["received_at"] = round(at, 4)
        return fields

    def _summary_as_json(self, turn: Turn) -> dict[str, Any]:
        return {
            "type": "summary",
            "transcript": turn.transcript,
            "text": turn.text,
            "path": str(self._path) if self._path else None,
            "audio_seconds": round(turn.audio_seconds, 3),
            "sample_rate": turn.sample_rate,
            "received": {name: round(at, 4) for name, at in turn.arrived.items()},
        }


def _tokens(usage: Usage) -> str:
    cached = f", {usage.cached_tokens} of them cached" if usage.cached_tokens else ""
    return f"{usage.prompt_tokens} read{cached}, {usage.completion_tokens} generated"


def timing_table(turn: Turn) -> Table:
    """When each stage of a turn was reached, by the server's clock and by ours."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    table.add_column("seconds after the request")
    table.add_column("server", justify="right")
    table.add_column("here", justify="right")
    for title, field, key in _STAGES:
        server = getattr(turn.done, field, 0.0)
        here = turn.arrived.get(key)
        table.add_row(
            title, f"{server:.2f}" if server else "-", "-" if here is None else f"{here:.2f}"
        )
    return table
