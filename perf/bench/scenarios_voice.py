"""Scenarios of spoken turns."""

from typing import Final

from perf.bench.loads import Once
from perf.bench.points import closed, paced
from perf.bench.scenario import Draw, Extent, Point, Scenario

__all__ = ["CANCEL", "LIMIT", "PACED", "SESSIONS", "SPOKEN", "SPOKEN_RAY"]

_TURN: Final = 24
"""Tokens of an answer at most: one or two sentences, some seven seconds to listen to."""

SPOKEN: Final = Scenario(
    key="voice",
    title="One spoken turn, one caller",
    about="From the end of a spoken question to the first sample of the answer. The raw sum is "
    "a plain transcription, the prompt and first sentence of the language model, and the "
    "first audio of that sentence, one after another in one process.",
    subjects=("triton.voice", "floor.voice"),
    draw=Draw(kind="speech", max_tokens=_TURN),
    full=Extent(points=(closed(1, 4),), rounds=8, seconds=56),
    quick=Extent(points=(closed(1, 3),), rounds=3, seconds=10, least=1),
    shown=("first", "last", "cpu"),
)

PACED: Final = Scenario(
    key="voice-paced",
    title="Spoken turns of people who listen",
    about="Each caller speaks, waits, listens to the whole answer in real time, and speaks "
    "again. The time counts from the end of speech to the first sample.",
    subjects=("triton.voice",),
    draw=Draw(kind="speech", max_tokens=_TURN),
    full=Extent(points=(paced(1, 3), paced(4, 2), paced(8, 2)), rounds=5, seconds=160),
    quick=Extent(points=(paced(1, 1), paced(4, 1)), rounds=1, seconds=24, least=1),
    shown=("first", "first_slowest", "stall"),
)

LIMIT: Final = Scenario(
    key="voice-limit",
    title="Spoken turns back to back",
    about="Turns a second of eight callers who never pause, beside what the engines could do "
    "at most: the cores, over the CPU seconds of one turn in one process.",
    subjects=("triton.voice", "engines.voice"),
    draw=Draw(kind="speech", max_tokens=_TURN),
    full=Extent(
        points=(closed(8, 2, "triton.voice"), closed(1, 4, "engines.voice")),
        rounds=5,
        seconds=45,
    ),
    quick=Extent(
        points=(closed(8, 1, "triton.voice"), closed(1, 3, "engines.voice")),
        rounds=1,
        seconds=8,
    ),
    shown=("turns", "cpu", "first"),
    axis="",
)

SESSIONS: Final = Scenario(
    key="sessions",
    title="Conversations at once",
    about="What a spoken turn costs as conversations grow in number, each with turns before "
    "it: its share of the time, its CPU seconds, and whether all wait alike.",
    subjects=("triton.voice",),
    draw=Draw(kind="speech", max_tokens=_TURN, turns=2),
    full=Extent(
        points=tuple(Point(str(n), Once(), n) for n in (1, 2, 4, 8, 16, 32)),
        rounds=2,
        seconds=36,
        least=1,
    ),
    shown=("turns", "cpu", "last_slowest", "first"),
    axis="sessions",
)

SPOKEN_RAY: Final = Scenario(
    key="voice-ray",
    title="One spoken turn, against Ray Serve",
    about="The same engines as a chain of Ray Serve deployments: the first sample of audio.",
    subjects=("triton.voice", "ray.voice"),
    draw=Draw(kind="speech", max_tokens=_TURN),
    full=Extent(points=(closed(1, 3), closed(4, 1)), rounds=4, seconds=28),
    shown=("first", "turns"),
)

CANCEL: Final = Scenario(
    key="cancel",
    title="Barge-in",
    about="Tokens that the language model still generates once the caller of a spoken turn has "
    "interrupted its answer.",
    subjects=("triton.cancel",),
    draw=Draw(kind="speech", max_tokens=256),
    full=Extent(points=(closed(1, 4),), rounds=2, seconds=40, least=1, warm_up=0),
    quick=Extent(points=(closed(1, 1),), rounds=1, seconds=8, least=1, warm_up=0),
    shown=("after_cancel",),
    axis="",
)
