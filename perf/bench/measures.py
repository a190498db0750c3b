"""What is read from one round: a few figures by name.

==================  ============================================================================
``first``           median of the seconds to the first piece
``first_p95``       95 % of them are below it
``first_slowest``   the longest of them over their median
``last``            median of the seconds to the last piece
``last_p95``        95 % of them are below it
``last_slowest``    the longest of them over their median
``rate``            units a second, from the first call to the last answer
``turns``           good answers a second
``cpu``             CPU seconds of an answer, in the mean
``memory``          bytes held after the round
``stall``           the longest that a listener waited for audio once he had heard some, seconds
``words``           words that were said, of all items
``word_errors``     those that were heard wrongly
``after_cancel``    most tokens that were generated after a cancel
``failed``          answers that were errors
==================  ============================================================================

Only good answers count, but for ``failed``; what a round has no value of is left out.
"""

import statistics
from collections.abc import Callable, Sequence
from typing import Any

from perf.bench.subjects.base import Answer, Item
from perf.bench.wire import Done
from perf.bench.words import errors

__all__ = ["measured", "part"]


def measured(items: Sequence[Item], done: Done) -> dict[str, float]:
    """The figures of a round."""
    pairs = [(item, got) for item, got in zip(items, done.answers, strict=True) if not got.error]
    found = {"failed": float(len(done.answers) - len(pairs))}
    if done.memory is not None:
        found["memory"] = float(done.memory)
    if not pairs:
        return found
    answers = [answer for _, answer in pairs]
    found["rate"] = sum(answer.units for answer in answers) / done.wall
    found["turns"] = len(answers) / done.wall
    if done.cpu is not None:
        found["cpu"] = done.cpu / len(answers)
    found |= _times("last", [answer.last for answer in answers])
    found |= _times("first", [answer.first for answer in answers if answer.first is not None])
    found |= _most("stall", answers, "stall_seconds")
    found |= _most("after_cancel", answers, "tokens_after_cancel")
    found |= _words(pairs)
    return found


def part(values: Sequence[float], share: float) -> float:
    """The value that so large a share of them is not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _times(name: str, seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    median = statistics.median(seconds)
    found = {name: median, f"{name}_p95": part(seconds, 0.95)}
    if median:
        found[f"{name}_slowest"] = max(seconds) / median
    return found


def _most(name: str, answers: Sequence[Answer], extra: str) -> dict[str, float]:
    known: Callable[[Any], float] = float
    values = [known(answer.extra[extra]) for answer in answers if extra in answer.extra]
    return {name: max(values)} if values else {}


def _words(pairs: Sequence[tuple[Item, Answer]]) -> dict[str, float]:
    heard = [(item.text, _heard(answer)) for item, answer in pairs if item.kind == "speech"]
    counted = [errors(said, text) for said, text in heard if text is not None]
    if not counted:
        return {}
    wrong, said = (float(sum(column)) for column in zip(*counted, strict=True))
    return {"words": said, "word_errors": wrong}


def _heard(answer: Answer) -> str | None:
    """The transcript, where there is one. The text of what answers piece by piece is a reply."""
    if "transcript" in answer.extra:
        return str(answer.extra["transcript"])
    return str(answer.extra["text"]) if answer.first is None and "text" in answer.extra else None
