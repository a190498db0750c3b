"""Who calls: the name in a client's certificate, or its address."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote

from bridge.calls.around import Context

__all__ = ["peer", "shown"]

_MOST_CHARS: Final = 64
_ADDRESS: Final = re.compile(r"ipv[46]:(.*):\d+")


def peer(context: Context) -> str:
    """The name in its certificate where it showed one, or its address; empty where it has none."""
    return _certified(context.auth_context()) or _address(context.peer())


def shown(name: str) -> str:
    """A name as logs and records may hold it: one short line."""
    return "".join(char if char.isprintable() else " " for char in name[:_MOST_CHARS]).strip()


def _certified(known: Mapping[str, Iterable[bytes]]) -> str:
    """The common name of a client's certificate, or its first other name."""
    for key in ("x509_common_name", "x509_subject_alternative_name"):
        for name in known.get(key, ()):
            if found := shown(name.decode(errors="replace")):
                return found
    return ""


def _address(peer: str) -> str:
    """``127.0.0.1`` of gRPC's ``ipv4:127.0.0.1:40312``, ``::1`` of ``ipv6:%5B::1%5D:40312``."""
    found = _ADDRESS.fullmatch(unquote(peer))
    return found[1].strip("[]") if found else ""
