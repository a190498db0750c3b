"""How long one request takes."""

from typing import Final

__all__ = ["ServiceTime"]

_REMEMBERED: Final = 8


class ServiceTime:
    """A running average over the last requests.

    Of requests that ended while all places were taken, since only then somebody waits, and a full
    house serves everyone more slowly; until there is one, of all.

    Attributes:
        average: seconds; 0 until a request has ended.
    """

    def __init__(self) -> None:
        self.average = 0.0
        self._count = 0
        self._of_full_house = False

    def take(self, seconds: float, *, full: bool) -> None:
        """A request has ended after so many seconds, while all places were taken or not."""
        if full and not self._of_full_house:
            self._count, self._of_full_house = 0, True
        if full or not self._of_full_house:
            self._count = min(self._count + 1, _REMEMBERED)
            self.average += (seconds - self.average) / self._count
