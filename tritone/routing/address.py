"""Where a Triton is: ``host:8001``, or ``host:8001/8002`` with the port of its metrics."""

import re
from dataclasses import dataclass
from typing import Final, Self

from tritone.errors import SetupError

__all__ = ["Address"]

_METRICS_PORT: Final = 8002
_FORM: Final = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(?P<grpc>[0-9]{1,5})(/(?P<metrics>[0-9]{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Host and ports of one Triton; as text, ``host:grpc_port``."""

    host: str
    grpc_port: int
    metrics_port: int = _METRICS_PORT

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads ``host:grpc_port`` or ``host:grpc_port/metrics_port``.

        An IPv6 host stands in brackets: ``[::1]:8001``.

        Raises:
            SetupError: it is none of these.
        """
        found = _FORM.fullmatch(text.strip())
        ports = [int(port) for port in found.group("grpc", "metrics") if port] if found else []
        if not found or not all(1 <= port <= 65535 for port in ports):
            raise SetupError(
                f"'{text}' is no address of a Triton: write host:8001, its gRPC port, "
                "or host:8001/8002, its gRPC and its metrics port (1 to 65535)"
            )
        return cls(found["host"], *ports)

    @property
    def grpc(self) -> str:
        """host:port of its gRPC."""
        return f"{self.host}:{self.grpc_port}"

    @property
    def metrics(self) -> str:
        """URL of its metrics."""
        return f"http://{self.host}:{self.metrics_port}/metrics"

    def __str__(self) -> str:
        return self.grpc
