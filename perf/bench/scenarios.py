"""Every scenario, in the order in which they are run. `goals` says what is wanted of them.

A round draws fresh items for each of its loads, since what has been asked before may be kept
somewhere; all subjects of the round get the same. Those who need Ray Serve are next to each other:
it takes a little of the cores even while nobody asks it.
"""

from typing import Final

from perf.bench.scenario import Scenario, Step
from perf.bench.scenarios_doors import AISERVICE, DOORS, JOBS
from perf.bench.scenarios_engines import EMBEDDER, LLM, MEMORY, STT, STT_LONG, TTS
from perf.bench.scenarios_voice import CANCEL, LIMIT, PACED, SESSIONS, SPOKEN, SPOKEN_RAY

__all__ = ["SCENARIOS", "STEPS"]

SCENARIOS: Final[tuple[Scenario, ...]] = (
    SPOKEN,
    PACED,
    LIMIT,
    SESSIONS,
    STT_LONG,
    STT,
    LLM,
    EMBEDDER,
    TTS,
    SPOKEN_RAY,
    DOORS,
    AISERVICE,
    JOBS,
    CANCEL,
    MEMORY,
)

STEPS: Final[tuple[Step, ...]] = (
    Step(
        key="perf-analyzer",
        title="perf_analyzer",
        about="NVIDIA's own tool against every model, over gRPC and over the OpenAI endpoint.",
        target="analyzer.step:analyzed",
        needs=("triton", "edge"),
        seconds=100,
    ),
    Step(
        key="start",
        title="Start",
        about="Seconds until Triton serves every model: cold, with weights and libraries to be "
        "read from the disk, and warm, with all of them in memory.",
        target="starting:started",
        seconds=45,
    ),
)
