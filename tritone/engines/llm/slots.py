"""Which slot of the engine reads a conversation: the one that knows most of it already.

A slot keeps what it has read and written last, and a prompt that begins the same way is read from
there on. llama.cpp chooses by that as well, but of slots that know equally much (the system prompt,
say) always the first, so that a conversation which pauses for a moment loses its slot to the next
stranger. Here it is the one that has rested longest, unless a slot knows all of the prompt.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from tritone.cancellation import Cancellation

__all__ = ["Slot", "Slots", "told"]

_LOOK_SECONDS: Final = 0.05
"""How late a cancel is noticed by who waits for a slot."""
_AS_LONG: Final = 0.9
"""Of the longest known beginning: a beginning is as good from there on."""


class Slot:
    """One slot of the engine, and the text that it has read and written last."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.text = ""
        self.busy = False
        self.used = 0


class Slots:
    """Gives each generation a slot of its own, in the order in which they ask.

    Args:
        count: how many the engine has.
    """

    def __init__(self, count: int) -> None:
        self._slots = [Slot(number) for number in range(count)]
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()
        self._turns = 0

    @property
    def waiting(self) -> int:
        """Generations that wait for a slot."""
        return len(self._waiting)

    @contextlib.contextmanager
    def taken(self, text: str, cancellation: Cancellation) -> Iterator[Slot]:
        """A slot for a prompt, until the block ends.

        The block adds to `Slot.text` what the engine writes. Raises the cancellation's reason when
        it is cancelled while it waits.
        """
        slot = self._wait(text, cancellation)
        slot.text = text
        try:
            yield slot
        finally:
            with self._changed:
                self._turns += 1
                slot.used = self._turns
                slot.busy = False
                self._changed.notify_all()

    def _wait(self, text: str, cancellation: Cancellation) -> Slot:
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while self._waiting[0] is not ticket or all(slot.busy for slot in self._slots):
                    self._changed.wait(_LOOK_SECONDS)
                    cancellation.check()
                slot = self._best(text)
                slot.busy = True
                return slot
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _best(self, text: str) -> Slot:
        free = [slot for slot in self._slots if not slot.busy]
        known = {slot.number: _shared(slot.text, text) for slot in free}
        whole = [slot for slot in free if known[slot.number] == len(text)]
        if whole:  # asked again: the same numbers in the cache make the same answer for a seed
            return max(whole, key=_used)
        enough = _AS_LONG * max(known.values())
        return min((slot for slot in free if known[slot.number] >= enough), key=_used)


def told(body: dict[str, Any]) -> str:
    """A request to the engine as a text that begins as its prompt does."""
    if "prompt" in body:
        return str(body["prompt"])
    parts = [str(body.get("tools", ""))]
    for message in body["messages"]:
        parts.append(f"{message['role']}\n{message.get('content') or ''}")
        if message.get("tool_calls"):
            parts.append(str(message["tool_calls"]))
    # A message of the assistant at the end is gone on with: nothing may stand behind it.
    going_on = body["messages"][-1]["role"] == "assistant"
    return "\n".join(parts if going_on else [*parts, "assistant\n"])


def _shared(one: str, other: str) -> int:
    """Characters that both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _used(slot: Slot) -> int:
    return slot.used
