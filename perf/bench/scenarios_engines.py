"""Scenarios of one model at a time."""

from typing import Final

from perf.bench.loads import Once
from perf.bench.points import closed
from perf.bench.scenario import Draw, Extent, Point, Scenario

__all__ = ["EMBEDDER", "LLM", "MEMORY", "STT", "STT_LONG", "TTS"]

_TOKENS: Final = 64
"""Tokens of an answer at most."""

STT_LONG: Final = Scenario(
    key="stt-long",
    title="A long recording to text",
    about="Seconds of work for a recording of minutes, the words of which are known.",
    subjects=("triton.stt", "floor.stt_batched"),
    draw=Draw(kind="recording", seconds=600.0),
    full=Extent(points=(Point("1", Once(), 1),), rounds=3, seconds=75, least=1, warm_up=0),
    shown=("last",),
    axis="",
)

STT: Final = Scenario(
    key="stt",
    title="Short recordings to text",
    about="Utterances a second, and the word errors that they cost.",
    subjects=("triton.stt", "floor.stt", "floor.stt_batched", "wyoming.stt", "ray.stt"),
    draw=Draw(kind="speech"),
    full=Extent(points=(closed(1, 4), closed(4, 2), closed(8, 2)), rounds=5, seconds=120),
    quick=Extent(
        points=(closed(8, 1),),
        rounds=2,
        seconds=12,
        least=1,
        without=("floor.stt_batched", "ray.stt"),
    ),
    shown=("rate", "last"),
)

LLM: Final = Scenario(
    key="llm",
    title="Tokens of the language model",
    about="Tokens a second over all streams, and the time to the first one.",
    subjects=("triton.llm", "llamacpp.llm", "ray.llm"),
    draw=Draw(kind="chat", max_tokens=_TOKENS),
    full=Extent(points=(closed(1, 2), closed(4, 1), closed(8, 1)), rounds=5, seconds=90),
    quick=Extent(
        points=(closed(1, 1), closed(8, 1)),
        rounds=1,
        seconds=10,
        least=1,
        without=("ray.llm",),
    ),
    shown=("rate", "first"),
    axis="streams",
)

EMBEDDER: Final = Scenario(
    key="embedder",
    title="Embeddings",
    about="Texts a second.",
    subjects=("triton.embedder", "floor.embedder", "ray.embedder"),
    draw=Draw(kind="passage"),
    full=Extent(points=(closed(1, 48), closed(4, 16), closed(16, 12)), rounds=6, seconds=18),
    quick=Extent(points=(closed(16, 8),), rounds=3, seconds=4, least=2, without=("ray.embedder",)),
    shown=("rate", "last"),
)

TTS: Final = Scenario(
    key="tts",
    title="Speech from text",
    about="The first sample of a sentence's audio, and seconds of speech made in a second.",
    subjects=("triton.tts", "floor.tts", "wyoming.tts", "ray.tts"),
    draw=Draw(kind="text"),
    full=Extent(points=(closed(1, 4), closed(4, 3), closed(8, 2)), rounds=6, seconds=40),
    quick=Extent(points=(closed(4, 3),), rounds=3, seconds=6, least=2, without=("ray.tts",)),
    shown=("first", "rate"),
)

MEMORY: Final = Scenario(
    key="memory",
    title="Memory over a thousand turns",
    about="Bytes that Triton and its models hold after each hundred short turns, round after "
    "round.",
    subjects=("triton.llm",),
    draw=Draw(kind="chat", max_tokens=1),
    full=Extent(points=(closed(8, 13),), rounds=10, seconds=70, least=10, warm_up=8),
    shown=("memory", "turns"),
    axis="",
)
