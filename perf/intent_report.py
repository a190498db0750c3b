"""What came of measuring how sentences are understood, as numbers and as Markdown."""

import statistics
from collections.abc import Sequence
from typing import Any, Final

from intent_scoring import Score, by_kind

__all__ = ["markdown", "report"]

COLUMNS: Final = ("right", "intent", "entity", "params")


def report(
    name: str, version: str, scores: Sequence[Score], seconds: Sequence[float]
) -> dict[str, Any]:
    """The numbers of one subject."""
    kinds = {
        kind: {
            "sentences": len(found),
            **{column: sum(getattr(one, column) for one in found) for column in COLUMNS},
            "wrong_actions": sum(bool(one.wrong) for one in found),
        }
        for kind, found in by_kind(scores).items()
    }
    failures = [
        {
            "text": one.utterance.text,
            "kind": one.utterance.kind,
            "did": one.got,
            "wrong": one.wrong,
            "notes": one.notes,
        }
        for one in scores
        if not one.right or one.wrong
    ]
    return {
        "subject": name,
        "version": version,
        "median_seconds": statistics.median(seconds) if seconds else 0.0,
        "kinds": kinds,
        "failures": failures,
    }


def markdown(found: dict[str, Any]) -> str:
    """The numbers as a table, and every failure."""
    lines = [
        f"### {found['subject']}{' version ' + found['version'] if found['version'] else ''}",
        "",
        f"Median of an answer: {found['median_seconds']:.2f} s.",
        "",
        "| kind | sentences | all right | intent | entity | params | wrong actions |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, row in found["kinds"].items():
        shares = " | ".join(f"{row[column] / row['sentences']:.0%}" for column in COLUMNS)
        lines.append(f"| {kind} | {row['sentences']} | {shares} | {row['wrong_actions']} |")
    for failure in found["failures"]:
        did = "; ".join(
            f"{step[0]} {step[1]} {dict(step[2]) or ''}".strip() for step in failure["did"]
        )
        notes = f" ({'; '.join(failure['notes'])})" if failure["notes"] else ""
        wrong = "**wrong** " if failure["wrong"] else ""
        lines.append(f"- {wrong}{failure['kind']}: {failure['text']}: {did or 'nothing'}{notes}")
    return "\n".join(lines)
