"""What is said when Home Assistant does not answer as it should; one line each."""

from typing import Final

__all__ = ["failed", "refused", "strange", "unanswered"]

_STRANGE: Final = (LookupError, TypeError, ValueError, AttributeError)
"""What reading an answer raises that is not as Home Assistant's are."""


def refused(url: str) -> str:
    """It does not take the token."""
    return (
        f"Home Assistant at {url} does not take the token: make a long-lived access token on your "
        "profile page there, and set TRITONE_HOUSE__TOKEN or TRITONE_HOUSE__TOKEN_FILE"
    )


def unanswered(url: str, error: Exception) -> str:
    """Nobody answers, or somebody else."""
    if isinstance(error, _STRANGE):
        return strange(url)
    reason = str(error).partition("\n")[0] or type(error).__name__
    return f"Home Assistant at {url} (TRITONE_HOUSE__URL) does not answer: {reason}"


def strange(url: str) -> str:
    """What answers is something else."""
    return f"what answers at {url} (TRITONE_HOUSE__URL) is no Home Assistant"


def failed(url: str, status: int) -> str:
    """It answers that it failed."""
    return f"Home Assistant at {url} failed with status {status}: its log says why"
