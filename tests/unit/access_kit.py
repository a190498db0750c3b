"""A lane's queue with a clock of the test's own."""

from tritone.access.queue import LaneQueue
from tritone.settings import Lane

__all__ = ["Lab"]


class Lab:
    """A lane with a clock and backends of the test's own."""

    def __init__(self, running: int = 1, waiting: int = 16, queue_seconds: float = 10.0) -> None:
        self.now = 100.0
        self.backends = 1
        bounds = Lane(running=running, waiting=waiting)
        self.queue = LaneQueue(
            "chat", bounds, queue_seconds, lambda: self.backends, lambda: self.now
        )

    def served(self, seconds: float, *, counts: bool = True) -> None:
        """Somebody has been served, and it took so long."""
        ticket = self.queue.ask("somebody")
        assert ticket.granted
        self.now += seconds
        ticket.counts = counts
        ticket.leave()
