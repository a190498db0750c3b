"""Scenarios of what doors add."""

from typing import Final

from perf.bench.points import closed
from perf.bench.scenario import Draw, Extent, Scenario

__all__ = ["AISERVICE", "DOORS", "JOBS"]

DOORS: Final = Scenario(
    key="doors",
    title="Through the edge and NATS: the first token",
    about="A prompt that is new to the engine, through the OpenAI-compatible door, through "
    "NATS and the bridge, and straight to Triton.",
    subjects=("triton.chat", "edge.llm", "nats.chat"),
    draw=Draw(kind="chat", max_tokens=8),
    full=Extent(points=(closed(1, 5), closed(4, 2)), rounds=8, seconds=40),
    quick=Extent(points=(closed(1, 4),), rounds=3, seconds=8),
    shown=("first", "last"),
)

AISERVICE: Final = Scenario(
    key="aiservice",
    title="Through AIService: a sentence for the language model",
    about="The same sentence through AIService, and straight to the ensemble that it calls.",
    subjects=("triton.intent", "aiservice"),
    draw=Draw(kind="command", max_tokens=32),
    full=Extent(points=(closed(1, 4),), rounds=8, seconds=18),
    shown=("last",),
)

JOBS: Final = Scenario(
    key="jobs",
    title="Small jobs through each door",
    about="One text to embed: what a door adds to it.",
    subjects=("triton.embedder", "edge.embedder", "nats.embedder"),
    draw=Draw(kind="passage"),
    full=Extent(points=(closed(1, 40),), rounds=8, seconds=12),
    quick=Extent(points=(closed(1, 30),), rounds=3, seconds=3),
    shown=("last", "last_p95"),
)
