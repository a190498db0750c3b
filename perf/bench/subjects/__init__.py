"""Every subject by its name: which class it is, and what must be on the stage for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from perf.bench.subjects.base import Subject
from tritone.errors import SetupError

__all__ = ["SUBJECTS", "Entry", "made"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject.

    Attributes:
        target: ``module:Class`` in this package.
        title: what tables and plots call it.
        needs: parts of the stage, by the names of `perf.bench.parts.PARTS`.
    """

    target: str
    title: str
    needs: tuple[str, ...] = ()


SUBJECTS: Final[Mapping[str, Entry]] = {
    # Ours, straight to Triton.
    "triton.stt": Entry("triton_stt:TritonStt", "Tritone", ("triton",)),
    "triton.tts": Entry("triton_tts:TritonTts", "Tritone", ("triton",)),
    "triton.llm": Entry("triton_llm:TritonLlm", "Tritone", ("triton",)),
    "triton.embedder": Entry("triton_embedder:TritonEmbedder", "Tritone", ("triton",)),
    "triton.voice": Entry("triton_voice:TritonVoice", "Tritone", ("triton",)),
    "triton.cancel": Entry("triton_cancel:TritonCancel", "Tritone", ("triton",)),
    # What doors call: the same ensembles without a door.
    "triton.chat": Entry("triton_chat:TritonChat", "Triton directly", ("triton",)),
    "triton.intent": Entry("triton_intent:TritonIntent", "Triton directly", ("triton",)),
    # Ours, through a door.
    "edge.llm": Entry("edge_llm:EdgeLlm", "edge", ("triton", "edge")),
    "edge.embedder": Entry("edge_embedder:EdgeEmbedder", "edge", ("triton", "edge")),
    "nats.chat": Entry("nats_chat:NatsChat", "NATS", ("triton", "nats")),
    "nats.embedder": Entry("nats_embedder:NatsEmbedder", "NATS", ("triton", "nats")),
    "aiservice": Entry("aiservice:AiService", "AIService", ("triton", "aiservice")),
    # The engines in the subject's own process.
    "floor.stt": Entry("floor_stt:FloorStt", "faster-whisper"),
    "floor.stt_batched": Entry("floor_stt_batched:FloorSttBatched", "faster-whisper, batched"),
    "floor.tts": Entry("floor_tts:FloorTts", "piper"),
    "floor.llm": Entry("floor_llm:FloorLlm", "llama.cpp in process"),
    "floor.embedder": Entry("floor_embedder:FloorEmbedder", "ONNX Runtime, one by one"),
    "floor.voice": Entry("floor_voice:FloorVoice", "raw sum"),
    "engines.voice": Entry("engines_voice:EnginesVoice", "our engines in process"),
    # What people would use instead.
    "ray.stt": Entry("ray_stt:RayStt", "Ray Serve", ("ray",)),
    "ray.tts": Entry("ray_tts:RayTts", "Ray Serve", ("ray",)),
    "ray.llm": Entry("ray_llm:RayLlm", "Ray Serve", ("ray",)),
    "ray.embedder": Entry("ray_embedder:RayEmbedder", "Ray Serve", ("ray",)),
    "ray.voice": Entry("ray_voice:RayVoice", "Ray Serve", ("ray",)),
    "wyoming.stt": Entry("wyoming_stt:WyomingStt", "wyoming-faster-whisper", ("wyoming_stt",)),
    "wyoming.tts": Entry("wyoming_tts:WyomingTts", "wyoming-piper", ("wyoming_tts",)),
    "llamacpp.llm": Entry("llamacpp_server:LlamacppServer", "llama.cpp's server", ("llamacpp",)),
}


def made(name: str) -> Subject:
    """A subject by its name, not opened yet.

    Raises:
        SetupError: there is none, or a package that it needs is not installed.
    """
    entry = SUBJECTS.get(name)
    if entry is None:
        raise SetupError(f"there is no subject '{name}': choose from {', '.join(SUBJECTS)}")
    module, _, attribute = entry.target.partition(":")
    try:
        found = import_module(f"perf.bench.subjects.{module}")
    except ModuleNotFoundError as error:
        raise SetupError(
            f"subject '{name}' needs the module {error.name}: run it with `make bench`"
        ) from None
    subject: Subject = getattr(found, attribute)()
    return subject
