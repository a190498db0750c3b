"""Where a door listens: ``host:50052``, or ``:50052`` for every address of the machine."""

import re
from dataclasses import dataclass
from typing import Final, Self

from tritone.access.exposure import is_loopback
from tritone.errors import SetupError

__all__ = ["Listen"]

_FORM: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]*\]|[A-Za-z0-9_.-]*):(?P<port>[0-9]{1,5})")
_EVERYWHERE: Final = ("", "[::]", "0.0.0.0")  # noqa: S104 - recognised, not chosen


@dataclass(frozen=True, slots=True)
class Listen:
    """An address to listen on.

    Attributes:
        host: a name or an address, an IPv6 one in brackets; empty: every address.
        port: 0 takes a free one.
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, variable: str) -> Self:
        """Reads one.

        Args:
            text: as above.
            variable: the setting that it comes from.

        Raises:
            SetupError: it is no such address.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None or int(found["port"]) > 65535:
            raise SetupError(
                f"{variable}='{text}' is no address to listen on: write host:50052, "
                "or :50052 for every address of this machine"
            )
        return cls(found["host"], int(found["port"]))

    @property
    def grpc(self) -> str:
        """As gRPC takes it: ``[::]`` is every address, IPv4 too."""
        return f"{self.host or '[::]'}:{self.port}"

    @property
    def here(self) -> str:
        """What a client on this machine calls."""
        return f"{'127.0.0.1' if self.host in _EVERYWHERE else self.host}:{self.port}"

    @property
    def private(self) -> bool:
        """Whether only this machine reaches it."""
        return bool(self.host) and is_loopback(self.host)

    def within(self, host: str) -> "Listen":
        """The same with a host where it names none."""
        return self if self.host else Listen(f"[{host}]" if ":" in host else host, self.port)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
