"""Tool calls in what a model writes: noticed in free text, read from constrained text."""

import re
import secrets
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["CallReader", "CallSpotter"]

_BLANKS: Final = re.compile(r"\s+")
_MAY_OPEN: Final = re.compile(r"[<`\[{]")
_WRAPPINGS: Final = ("", "[", "```json", "```json[", "```", "```[", "<tools>", "<tools>[")


class CallSpotter:
    """Notices, in free text, that the model has begun to call a tool.

    Models are told to write ``<tool_call>``; small ones write the JSON of the call right away, or
    in a code block. Text that may yet turn out to be the beginning of a call is held back.

    Args:
        names: the tools that may be called.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._openings = [("<tool_call>", "")] + [
            (f'{wrapping}{{"name":"{name}","{arguments}":', name)
            for name in names
            for wrapping in _WRAPPINGS
            for arguments in ("arguments", "parameters")
        ]
        self._held = ""
        self.found = False
        self.name = ""

    def feed(self, text: str) -> str:
        """Takes the next text and answers what may be shown of all text so far.

        Once `found` is set a call has begun, to the tool `name` if that is known already.
        """
        self._held += text
        start = 0
        while (match := _MAY_OPEN.search(self._held, start)) is not None:
            start = match.start()
            written = _BLANKS.sub("", self._held[start:])
            for opening, name in self._openings:
                if written.startswith(opening):
                    self.found, self.name = True, name
                    return self._release(start)
            if any(opening.startswith(written) for opening, _ in self._openings):
                return self._release(start)
            start += 1
        return self.rest()

    def rest(self) -> str:
        """What is still held back, once the text has ended."""
        return self._release(len(self._held))

    def _release(self, end: int) -> str:
        shown, self._held = self._held[:end], self._held[end:]
        return shown


class CallReader:
    """Reads the text that `Toolbox.grammar` allows as OpenAI's tool call deltas.

    Attributes:
        calls: the calls so far, each in one piece.
    """

    _HEAD: Final = re.compile(r'\{"name": "([^"]+)", "arguments": ')
    _STRUCTURE: Final = re.compile(r'[{}"\\]')

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self._text = ""
        self._inside = False  # of the arguments of a call
        self._depth = 0  # of braces in the arguments
        self._quoted = False

    def feed(self, text: str) -> list[dict[str, Any]]:
        """Takes the next text and answers the deltas that it makes."""
        deltas: list[dict[str, Any]] = []
        self._text += text
        while self._text:
            if not self._inside:
                head = self._HEAD.search(self._text)
                if head is None:
                    break
                self._inside = True
                deltas.append(self._first(head.group(1)))
                self._text = self._text[head.end() :]
            end = self._arguments_end()
            if end:
                piece, self._text = self._text[:end], self._text[end:]
                self.calls[-1]["function"]["arguments"] += piece
                index = len(self.calls) - 1
                deltas.append({"index": index, "function": {"arguments": piece}})
            if self._inside:
                break
        return deltas

    def _first(self, name: str) -> dict[str, Any]:
        call = {"id": f"call_{secrets.token_hex(12)}", "type": "function"}
        self.calls.append({**call, "function": {"name": name, "arguments": ""}})
        index = len(self.calls) - 1
        return {"index": index, **call, "function": {"name": name, "arguments": ""}}

    def _arguments_end(self) -> int:
        """How much of the text belongs to the arguments; follows strings and braces.

        A backslash at the very end waits for the character that it escapes.
        """
        at = 0
        while (match := self._STRUCTURE.search(self._text, at)) is not None:
            char, at = match.group(), match.end()
            if char == "\\":
                if at == len(self._text):
                    return at - 1
                at += 1
            elif char == '"':
                self._quoted = not self._quoted
            elif not self._quoted:
                self._depth += 1 if char == "{" else -1
                if self._depth == 0:
                    self._inside = False
                    return at
        return len(self._text)
