"""What a lane is doing, for metrics."""

from dataclasses import dataclass

__all__ = ["Figures"]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a lane is doing.

    Attributes:
        running: requests at work.
        waiting: requests that wait for a place.
        places: requests that may run at once, over all backends.
        average: seconds a request has its place while all are taken (or, before that ever was, at
            all), a moving average; 0: none has ended yet.
        admitted: requests that got a place, since the start.
        refused: requests that were told to come back later, since the start.
    """

    running: int
    waiting: int
    places: int
    average: float
    admitted: int
    refused: int
