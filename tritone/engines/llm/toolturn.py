"""An answer that may call tools.

Where the answer must be a call it is decoded under the grammar of calls. Where it may be one the
model writes freely until it begins to call; the generation is then stopped and taken up from its
own words under that grammar, which costs one token of prompt, as the rest is in the cache.
(llama.cpp has grammars that begin at a trigger, but text that does not fit then is an exception
in the engine's loop, and they know only one of the ways in which small models begin to call.)
"""

from collections.abc import Callable, Sequence
from typing import Any

from tritone.engines.llm import schemas
from tritone.engines.llm.answer import Answer
from tritone.engines.llm.calls import CallReader, CallSpotter
from tritone.engines.llm.chunks import Chunks
from tritone.engines.llm.history import Made, repeats
from tritone.engines.llm.tools import Toolbox
from tritone.errors import InvalidSchema, InvalidTools

__all__ = ["Take", "ToolTurn", "passing"]

Take = Callable[[str], bool]
"""Takes a text; True stops the generation."""


def passing(show: Callable[[str], None]) -> Take:
    """Takes every text and stops at none."""

    def take(piece: str) -> bool:
        show(piece)
        return False

    return take


class ToolTurn:
    """One answer, decoded in one generation or more.

    Args:
        tools: what may be called; None where only calls of the past are in play.
        made: calls whose results the conversation ends with.
        body: the engine's request, without tools and grammar.
        constraint: grammar and schema of an answer that is no call; None where it is free.
        run: runs a body.
        answer: takes the pieces.
    """

    def __init__(
        self,
        tools: Toolbox | None,
        made: Sequence[Made],
        body: dict[str, Any],
        constraint: tuple[str, Any] | None,
        run: Callable[[dict[str, Any], Take], Chunks],
        answer: Answer,
    ) -> None:
        self._tools = tools
        self._made = made
        self._body = {**body, "tool_choice": "none"}  # calls are read here, not by llama.cpp
        self._constraint = constraint
        self._run = run
        self._answer = answer

    def take(self) -> None:
        """Runs the turn to its end.

        Raises:
            InvalidTools, InvalidSchema: a schema cannot be enforced.
            TritoneError: what `run` raises.
        """
        tools = self._tools
        if tools is not None and tools.must:
            self._call(tools, "", "")
            return
        callable_ = [tool.name for tool in tools.callable] if tools is not None else []
        spotter = CallSpotter({*callable_, *(name for name, _ in self._made)})
        shown: list[str] = []

        def show(piece: str) -> bool:
            shown.append(spotter.feed(piece))
            if self._constraint is not None:  # it is told apart here, and decoded again below
                return spotter.found or bool(shown[-1].strip())
            self._answer.text(shown[-1])
            return spotter.found

        free = self._run({**self._listing(), "timings_per_token": True}, show)
        if spotter.found:
            if tools is not None and spotter.name in ("", *callable_):
                self._call(tools, spotter.name, "".join(shown), free)
            else:
                self._tell("".join(shown), free)
        elif self._constraint is not None:
            grammar, schema = self._constraint
            take = passing(self._answer.text)
            marked = schemas.Marked(take, InvalidSchema, "the JSON schema", schema)
            ended = self._run({**self._listing(), "grammar": grammar}, marked)
            self._answer.finish(ended.finish_reason, ended)
        else:
            self._answer.text(spotter.rest())
            self._answer.finish(free.finish_reason, free)

    def _call(self, tools: Toolbox, first: str, text: str, *before: Chunks) -> None:
        """Decodes calls, after a text that was shown; the first one to a tool if it is named."""
        body = self._after(self._listing(), text, before)
        if body is None:
            self._answer.finish("length", *before)
            return
        body.pop("stop", None)  # it ends text; a call is none
        reader = CallReader()
        held: list[dict[str, Any]] = []

        def show(piece: str) -> None:
            deltas = reader.feed(piece)
            if self._made and not tools.must:
                held.extend(deltas)
            else:
                self._answer.calls(deltas)

        marked = schemas.Marked(
            passing(show),
            InvalidTools,
            "a tool's JSON schema",
            *(tool.parameters for tool in tools.callable),
        )
        ended = self._run({**body, "grammar": tools.grammar(first)}, marked)
        if held and repeats(reader.calls, self._made):
            self._tell(text, *before, ended)
            return
        self._answer.calls(held)
        reason = "tool_calls" if ended.finish_reason == "stop" else ended.finish_reason
        self._answer.finish(reason, *before, ended)

    def _tell(self, text: str, *before: Chunks) -> None:
        """Decodes words instead of a call that would be made again, without tools to call."""
        body = self._after(self._body, text, before)
        if body is None:
            self._answer.finish("length", *before)
            return
        ended = self._run({**body, "grammar": schemas.WORDS}, passing(self._answer.text))
        self._answer.finish(ended.finish_reason, *before, ended)

    def _listing(self) -> dict[str, Any]:
        """The body whose prompt lists the tools."""
        return self._body if self._tools is None else {**self._body, "tools": self._tools.shown}

    @staticmethod
    def _after(body: dict[str, Any], text: str, before: Sequence[Chunks]) -> dict[str, Any] | None:
        """The body that goes on after what was said and spent; None when nothing is left."""
        left = body["max_tokens"] - sum(part.completion_tokens for part in before)
        if left < 1:
            return None
        messages = list(body["messages"])
        if text and messages[-1]["role"] == "assistant":
            messages[-1] = {**messages[-1], "content": (messages[-1].get("content") or "") + text}
        elif text:
            messages.append({"role": "assistant", "content": text})
        return {**body, "messages": messages, "max_tokens": left}
