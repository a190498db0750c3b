"""The goals: what is wanted of the figures. All are ratios within one run, or plain counts."""

from functools import partial
from typing import Final

from perf.bench.goal import Goal, Of, Term

__all__ = ["GOALS"]


def _growth(callers: str, bound: float) -> Term:
    return Term(
        label=f"{callers} callers / 1",
        scenario="voice-paced",
        how="ratio",
        one=Of("triton.voice", callers, "first"),
        other=Of("triton.voice", "1", "first"),
        bound=bound,
        at_most=True,
    )


def _slowest(callers: str) -> Term:
    return Term(
        label=f"slowest / median, {callers} callers",
        scenario="voice-paced",
        how="value",
        one=Of("triton.voice", callers, "first_slowest"),
        bound=1.5,
        at_most=True,
    )


def _over(
    label: str,
    scenario: str,
    subjects: tuple[str, str],
    point: str,
    measure: str,
    bound: float,
    *,
    at_most: bool = False,
) -> Term:
    """A measure of the first subject over that of the second: the more the better."""
    one, other = (Of(subject, point, measure) for subject in subjects)
    return Term(
        label=label,
        scenario=scenario,
        how="ratio",
        one=one,
        other=other,
        bound=bound,
        at_most=at_most,
    )


_within = partial(_over, at_most=True)
"""The same: the less the better."""


def _added(label: str, door: str) -> Term:
    return Term(
        label=label,
        scenario="jobs",
        how="difference",
        one=Of(door, "1", "last"),
        other=Of("triton.embedder", "1", "last"),
        bound=2.0,
        at_most=True,
        factor=1000.0,
        unit="ms",
    )


def _words(label: str, other: str) -> Term:
    return Term(
        label=label,
        scenario="stt",
        how="points",
        one=Of("triton.stt", "", "word_errors"),
        other=Of(other, "", "word_errors"),
        bound=1.0,
        at_most=True,
        unit="points",
    )


def _faster(label: str, scenario: str, kind: str, point: str, measure: str) -> Term:
    """Faster than Ray Serve: a time below, or a rate above."""
    subjects = (f"triton.{kind}", f"ray.{kind}")
    make = _within if measure in {"first", "last"} else _over
    return make(label, scenario, subjects, point, measure, 1.0)


GOALS: Final[tuple[Goal, ...]] = (
    Goal(
        "voice-first",
        "voice, time to first audio, 1 caller",
        "≤ 0.40 of the raw sequential sum",
        (_within("ours / raw sum", "voice", ("triton.voice", "floor.voice"), "1", "first", 0.40),),
    ),
    Goal(
        "voice-paced",
        "voice, time to first audio, paced callers, 4 and 8 against 1",
        "≤ 1.3 and ≤ 2.0; slowest ≤ 1.5 × median",
        (_growth("4", 1.3), _growth("8", 2.0), _slowest("4"), _slowest("8")),
    ),
    Goal(
        "voice-turns",
        "voice turns/s, 8 callers back to back",
        "≥ 0.9 of the engines' own limit",
        (
            Term(
                label="ours / (cores ÷ CPU s of a turn)",
                scenario="voice-limit",
                how="limit",
                one=Of("triton.voice", "8", "turns"),
                other=Of("engines.voice", "1", "cpu"),
                bound=0.9,
                at_most=False,
            ),
        ),
    ),
    Goal(
        "stt-short",
        "STT throughput, short clips, 8 callers",
        "≥ 5 × faster-whisper and wyoming; WER not worse by > 1 point",
        (
            _over("ours / faster-whisper", "stt", ("triton.stt", "floor.stt"), "8", "rate", 5.0),
            _over("ours / wyoming", "stt", ("triton.stt", "wyoming.stt"), "8", "rate", 5.0),
            _words("WER, ours - faster-whisper", "floor.stt"),
            _words("WER, ours - wyoming", "wyoming.stt"),
        ),
    ),
    Goal(
        "stt-long",
        "STT, long audio (10 min)",
        "≥ 1.0 × faster-whisper's batched pipeline",
        (
            Term(
                label="time of the pipeline / ours",
                scenario="stt-long",
                how="ratio",
                one=Of("floor.stt_batched", "1", "last"),
                other=Of("triton.stt", "1", "last"),
                bound=1.0,
                at_most=False,
            ),
        ),
    ),
    Goal(
        "llm-tokens",
        "LLM tokens/s at 1/4/8 streams",
        "≥ 0.97 of llama.cpp's server",
        tuple(
            _over(f"{n} streams", "llm", ("triton.llm", "llamacpp.llm"), n, "rate", 0.97)
            for n in ("1", "4", "8")
        ),
    ),
    Goal(
        "embeddings",
        "embeddings/s, 16 callers",
        "≥ 2 × one-by-one ONNX",
        (
            _over(
                "ours / one by one",
                "embedder",
                ("triton.embedder", "floor.embedder"),
                "16",
                "rate",
                2.0,
            ),
        ),
    ),
    Goal(
        "tts-first",
        "TTS, first audio, 4 callers",
        "≤ 1.3 × the raw engine at the same load",
        (_within("ours / raw engine", "tts", ("triton.tts", "floor.tts"), "4", "first", 1.3),),
    ),
    Goal(
        "ray",
        "the same work, Ray Serve",
        "faster on every row",
        (
            _faster("voice, first audio, 1 caller (time)", "voice-ray", "voice", "1", "first"),
            _faster("voice, first audio, 4 callers (time)", "voice-ray", "voice", "4", "first"),
            _faster("STT, 1 caller", "stt", "stt", "1", "rate"),
            _faster("STT, 8 callers", "stt", "stt", "8", "rate"),
            _faster("LLM, 1 stream", "llm", "llm", "1", "rate"),
            _faster("LLM, 8 streams", "llm", "llm", "8", "rate"),
            _faster("embeddings, 1 caller", "embedder", "embedder", "1", "rate"),
            _faster("embeddings, 16 callers", "embedder", "embedder", "16", "rate"),
            _faster("TTS, first audio, 1 caller (time)", "tts", "tts", "1", "first"),
            _faster("TTS, first audio, 4 callers (time)", "tts", "tts", "4", "first"),
        ),
    ),
    Goal(
        "doors",
        "edge, NATS, AIService over Triton itself",
        "≤ 1.05 × first token; ≤ 2 ms added to small jobs",
        (
            _within("edge, first token", "doors", ("edge.llm", "triton.chat"), "1", "first", 1.05),
            _within("NATS, first token", "doors", ("nats.chat", "triton.chat"), "1", "first", 1.05),
            _within(
                "AIService, answer",
                "aiservice",
                ("aiservice", "triton.intent"),
                "1",
                "last",
                1.05,
            ),
            _added("edge, added to an embedding", "edge.embedder"),
            _added("NATS, added to an embedding", "nats.embedder"),
        ),
    ),
    Goal(
        "cancel",
        "cancel: tokens generated after barge-in",
        "≤ 4",
        (
            Term(
                label="most of any turn",
                scenario="cancel",
                how="most",
                one=Of("triton.cancel", "", "after_cancel"),
                bound=4.0,
                at_most=True,
                unit="tokens",
            ),
        ),
    ),
)
