"""What items become when a language model is asked."""

import secrets
from typing import Final

from perf.bench.subjects.base import Item
from tritone import messages
from tritone.contract import LlmRequest
from tritone.messages import ChatMessage

__all__ = ["asked", "history", "unseen"]

_TICKETS: Final = 10**5


def history(item: Item) -> list[ChatMessage]:
    """What was said before."""
    return [ChatMessage(role=turn.role, content=turn.content) for turn in item.history]


def asked(item: Item, text: str = "") -> LlmRequest:
    """The request of an item, or of another text in its place.

    Greedy, streamed, as long as the item says, else as by default.
    """
    said = ChatMessage(role="user", content=text or item.text)
    return LlmRequest(
        messages=messages.encode([*history(item), said]),
        max_tokens=item.max_tokens or LlmRequest().max_tokens,
        temperature=0.0,
        stream=True,
    )


def unseen(text: str) -> str:
    """The text with a number in front that no engine has read yet.

    Two ways to one engine get the same items, and the second would find the prompt in its cache.
    The number has five digits, each of them a token, so that all prompts are equally long.
    """
    return f"Ticket {secrets.randbelow(_TICKETS):05}: {text}"
