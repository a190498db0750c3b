"""What can go wrong while fetching, inside this package, and how it is told to the user.

Stopped          the user interrupted; what was downloaded stays and is resumed
SourceFailed     this source cannot deliver: go on to the next
└── WrongBytes   it delivered something else than the manifest pins
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tritone.errors import SetupError, SourceUnreachable, WeightsCorrupt
from tritone.weights.manifest import File, Weights

__all__ = [
    "Attempt",
    "Refused",
    "SourceFailed",
    "Stopped",
    "Unreachable",
    "WrongBytes",
    "combine",
    "nothing_delivered",
]


class Stopped(Exception):
    """The run is being given up; unwinds a worker thread."""


class SourceFailed(Exception):
    """A source cannot deliver; the message says why."""


class Refused(SourceFailed):
    """The server answered, but not with the file; `status` is the HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"HTTP {status} {reason}".rstrip())
        self.status = status


class Unreachable(SourceFailed):
    """The source's host could not be reached."""


class WrongBytes(SourceFailed):
    """A source delivered bytes that do not match the manifest."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A source that was tried in vain."""

    source: str
    failure: SourceFailed

    def __str__(self) -> str:
        return f"{self.source}: {self.failure}"


def nothing_delivered(
    weights: Weights, missing: Sequence[File], attempts: Sequence[Attempt]
) -> SetupError:
    """The error for an entry that no source delivered: what was tried, and what to do offline."""
    if attempts:
        lines = [f"no source delivered the weights {weights.name!r}. Tried:"]
        lines += [f"  - {attempt}" for attempt in attempts]
    else:
        lines = [f"the weights {weights.name!r} are not here, and offline no source may be asked."]
    lines += [
        "To install them by hand, put",
        *(
            f"  {weights.name}/{file.name}  ({file.size:,} bytes, sha256 {file.sha256})"
            for file in missing
        ),
        "below a folder of your choice, and name that folder in TRITONE_WEIGHTS_PATH.",
        f"Where they are already, `tritone models path {weights.name}` prints the folder to copy.",
    ]
    corrupt = any(isinstance(attempt.failure, WrongBytes) for attempt in attempts)
    return (WeightsCorrupt if corrupt else SourceUnreachable)("\n".join(lines))


def combine(errors: Sequence[SetupError]) -> SetupError:
    """One error for several entries; the first one's class stands for all."""
    if len(errors) == 1:
        return errors[0]
    return type(errors[0])("\n\n".join(error.message for error in errors))
