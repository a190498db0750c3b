"""Whether the door can serve: it is not being stopped, and a Triton behind it is up."""

from collections.abc import Callable, Mapping

__all__ = ["Readiness"]


class Readiness:
    """What `/health/ready` says.

    Args:
        backends: a callable that answers which Tritons are up, by address.
        draining: a callable that answers whether the door is being stopped.
    """

    def __init__(
        self, backends: Callable[[], Mapping[str, bool]], draining: Callable[[], bool]
    ) -> None:
        self._backends = backends
        self._draining = draining

    def backends(self) -> dict[str, int]:
        """How many Tritons are up and down. Where they are is said in the log."""
        ups = list(self._backends().values())
        return {"up": sum(ups), "down": len(ups) - sum(ups)}

    def reason(self) -> str:
        """Why it cannot serve, or an empty text."""
        if self._draining():
            return "the door is being stopped"
        return "" if any(self._backends().values()) else "no Triton answers"
