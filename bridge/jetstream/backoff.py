"""How long a request rests after a failure that may pass by itself."""

import random
from dataclasses import dataclass

__all__ = ["Backoff"]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that grow, and that differ, so that what failed together does not come together.

    Attributes:
        first: seconds after the first failure.
        factor: how much longer each further one is.
        spread: part by which a pause may be shorter or longer.
    """

    first: float = 5.0
    factor: float = 2.0
    spread: float = 0.2

    def seconds(self, failures: int, chance: float | None = None) -> float:
        """The pause after so many failures.

        Args:
            failures: at least 1.
            chance: 0 to 1, where in the spread it lies; drawn when None.
        """
        drawn = random.random() if chance is None else chance  # noqa: S311 - it keeps no secret
        return self.first * self.factor ** (failures - 1) * (1 + self.spread * (2 * drawn - 1))
