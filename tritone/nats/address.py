"""Addresses as they may be shown."""

from urllib.parse import urlsplit

__all__ = ["shown"]


def shown(url: str) -> str:
    """An address, or several joined by commas, without passwords and tokens."""
    return ",".join(_shown(part.strip()) for part in url.split(","))


def _shown(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all
        return url.rpartition("@")[2]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
