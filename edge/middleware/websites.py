"""Which web pages may call a door that asks for no key.

A browser sends what any page asks it to send, also to a door of its own machine, and some requests
(forms, plain texts) it sends without asking the door first. It says whose page it was in `Origin`.
A page may also have its own name lead to 127.0.0.1, and then be at home here; so a door for this
machine alone wants to be called by one of this machine's names.

https://fetch.spec.whatwg.org/#origin-header, https://en.wikipedia.org/wiki/DNS_rebinding
"""

from urllib.parse import urlsplit

from litestar.types import HTTPScope

from tritone.access.exposure import is_loopback
from tritone.errors import PermissionDenied
from tritone.settings import EdgeSettings

__all__ = ["Websites"]


class Websites:
    """The rule.

    Args:
        edge: whose pages may call, and whether the door is for this machine alone.
    """

    def __init__(self, edge: EdgeSettings) -> None:
        self._origins = frozenset(edge.cors_origins)
        self._own_names_only = not edge.open_to_all and is_loopback(edge.host)

    def check(self, scope: HTTPScope) -> None:
        """Lets a request pass.

        Raises:
            PermissionDenied: a page of somebody else's sent it.
        """
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if self._own_names_only and host and not is_loopback(_name(host)):
            raise PermissionDenied(
                f"this door serves this machine alone, and not under the name '{host}': call "
                "127.0.0.1, or give out keys (`tritone keys create NAME`)"
            )
        origin = headers.get(b"origin")
        if origin is None or self._origins & {origin, "*"}:
            return
        if origin not in (f"http://{host}", f"https://{host}"):
            raise PermissionDenied(
                f"pages of {origin} may not call this door: list it in TRITONE_EDGE__CORS_ORIGINS"
            )


def _name(host: str) -> str:
    """A `Host` without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
