"""Subjects that are wanted by one stream and kept by another."""

from collections.abc import Mapping, Sequence

from nats.js.api import StreamConfig, StreamInfo

from tritone.nats.comparing import Difference, subjects_kept
from tritone.nats.overlap import overlap

__all__ = ["taken_by", "without_subjects"]


def taken_by(
    wanted: StreamConfig,
    present: Mapping[str, StreamInfo],
    declared: Mapping[str, StreamConfig],
    ours: Sequence[str],
) -> str:
    """Who else has subjects of a stream and will not give them up, for people; empty if nobody.

    Args:
        wanted: the stream.
        present: all of the server, by name.
        declared: all of ours, which do give up what is not theirs.
        ours: their subjects.
    """
    for name, info in present.items():
        if name == wanted.name:
            continue
        kept = info.config.subjects or []
        if name in declared:
            kept = subjects_kept(declared[name], info.config, ours)
        for theirs in kept:
            if any(overlap(theirs, own) for own in wanted.subjects or []):
                return (
                    f"stream {name} has '{theirs}', and two streams must not share a subject: "
                    f"take it from {name}, and apply again"
                )
    return ""


def without_subjects(difference: Difference, taken: str) -> Difference:
    """Leaves a stream's subjects alone, of which another has some."""
    mends = [mend for mend in difference.mends if "subjects" not in mend.values]
    if len(mends) == len(difference.mends):
        return difference
    return Difference(mends, [*difference.refused, taken])
