"""What a server's streams and consumers lack of what is wanted, and what cannot be mended safely.

Only what is declared is looked at. Limits that somebody added, subjects that are nobody else's and
descriptions stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from tritone.nats.overlap import overlap

__all__ = ["Difference", "Mend", "compare_consumer", "compare_stream", "shrinks", "subjects_kept"]

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))


@dataclass(frozen=True, slots=True)
class Mend:
    """Fields to set, and what that changes, for people."""

    text: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is between a configuration and the wanted one.

    Attributes:
        mends: what to change.
        refused: what is not changed, why, and what to do about it.
    """

    mends: list[Mend] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def change(self, name: str, before: object, after: object, **values: Any) -> None:
        """Notes that a field is to be set."""
        self.mends.append(Mend(f"{name} {before} -> {after}", values))


def compare_stream(
    wanted: StreamConfig, present: StreamConfig, *, ours: Sequence[str], oldest: float
) -> Difference:
    """Compares a stream, or the bucket's.

    Args:
        wanted: as it is declared.
        present: as the server has it.
        ours: the subjects of all declared streams.
        oldest: age of its first message in seconds, 0 without one.
    """
    found = Difference()
    for name in ("storage", "retention"):
        old, new = _text(getattr(present, name)), _text(getattr(wanted, name))
        if old != new:
            found.refused.append(
                f"{name} is {old} and must be {new}, which takes a new stream: back it up, delete "
                "it, and apply again"
            )
    _compare_subjects(found, present.subjects or [], subjects_kept(wanted, present, ours))
    _compare_age(found, wanted, present, oldest)
    window = wanted.duplicate_window
    if present.duplicate_window != window:
        found.change(
            "duplicate_window",
            duration(present.duplicate_window),
            duration(window),
            duplicate_window=window,
        )
    if not present.allow_direct:
        found.change("allow_direct", "false", "true", allow_direct=True)
    replicas, wished = present.num_replicas or 1, wanted.num_replicas or 1
    if replicas < wished:
        found.change("num_replicas", replicas, wished, num_replicas=wished)
    elif replicas > wished:
        found.refused.append(
            f"it has {replicas} replicas, and fewer would be less safe: set "
            f"TRITONE_NATS__REPLICAS={replicas}, or edit the stream by hand"
        )
    return found


def subjects_kept(wanted: StreamConfig, present: StreamConfig, ours: Sequence[str]) -> list[str]:
    """The declared subjects, and those of others that overlap with none declared anywhere."""
    declared = wanted.subjects or []
    foreign = [
        one
        for one in present.subjects or []
        if one not in declared and not any(overlap(one, other) for other in ours)
    ]
    return [*declared, *foreign]


def shrinks(wanted: StreamConfig, present: StreamConfig) -> bool:
    """Whether messages would be kept for a shorter time; 0 means for ever."""
    before, after = present.max_age or 0.0, wanted.max_age or 0.0
    return bool(after) and (not before or before > after)


def compare_consumer(wanted: ConsumerConfig, present: ConsumerConfig) -> Difference:
    """Compares a consumer. Where it began to read is of the past, and not looked at."""
    found = Difference()
    by_hand = "stop who reads it, delete it, and apply again"
    if present.deliver_subject:
        found.refused.append(f"it pushes and must be pulled from: {by_hand}")
    if present.ack_policy != AckPolicy.EXPLICIT:
        policy = _text(present.ack_policy)
        found.refused.append(f"ack_policy is {policy} and must be explicit: {by_hand}")
    if found.refused:
        return found
    for name in ("max_deliver", "max_ack_pending"):
        old, new = getattr(present, name), getattr(wanted, name)
        if old != new:
            found.change(name, old, new, **{name: new})
    wait = wanted.ack_wait or 0.0
    if present.ack_wait != wait or present.backoff:
        before = "by backoff" if present.backoff else duration(present.ack_wait or 0.0)
        found.change("ack_wait", before, duration(wait), ack_wait=wait, backoff=None)
    if present.headers_only:
        found.change("headers_only", "true", "false", headers_only=False)
    old_filters = present.filter_subjects or [present.filter_subject or ">"]
    filters = wanted.filter_subjects or []
    if set(old_filters) != set(filters):
        found.change(
            "filters",
            " ".join(old_filters),
            " ".join(filters),
            filter_subject=None,
            filter_subjects=filters,
        )
    return found


def _compare_subjects(found: Difference, before: Sequence[str], after: Sequence[str]) -> None:
    signs = [f"-{one}" for one in before if one not in after]
    signs += [f"+{one}" for one in after if one not in before]
    if signs:
        found.mends.append(Mend(f"subjects {' '.join(signs)}", {"subjects": list(after)}))


def _compare_age(
    found: Difference, wanted: StreamConfig, present: StreamConfig, oldest: float
) -> None:
    before, after = present.max_age or 0.0, wanted.max_age or 0.0
    if before == after:
        return
    if shrinks(wanted, present) and oldest >= after:
        found.refused.append(
            f"max_age is {duration(before)} and must be {duration(after)}, which would delete "
            "older messages that it holds: edit the stream by hand if nobody needs them"
        )
        return
    found.change("max_age", duration(before), duration(after), max_age=after)


def duration(seconds: float) -> str:
    """A time for people: 30 d, 5 min, 90 s."""
    if not seconds:
        return "for ever"
    for size, unit in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:g} s"


def _text(value: Any) -> str:
    return str(getattr(value, "value", value))
