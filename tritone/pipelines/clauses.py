"""Cuts a text that is still being written into clauses that can be spoken one by one.

The first clause is cut early, because a listener waits for it: at a comma, or, where somebody
waits for an answer, between two phrases, as a speaker who thinks aloud would pause. Later ones are
whole sentences, because they sound better and the listener is busy listening.
"""

import re
from typing import Final

__all__ = ["ClauseSplitter"]

FIRST_CHARS: Final = 12
"""A first clause shorter than this is not cut at a comma: "Well," alone buys no time."""
PHRASE_CHARS: Final = 16
"""A first phrase shorter than this is not cut off: what follows takes half a second to come."""
OPENING_CHARS: Final = 40
"""A first clause longer than this is cut between any two words that may be parted."""
LATER_CHARS: Final = 24
"""A later clause shorter than this is joined with the next: single words sound chopped."""
MOST_CHARS: Final = 240
"""A clause without any punctuation is cut at a space by then; some 15 seconds of speech."""

_SENTENCE_END: Final = re.compile(r"[.!?…][\"')\]*_]*(?=\s)|[。！？]|\n+")  # noqa: RUF001
_PAUSE: Final = re.compile(r"[,;:—–](?=\s)|[，、；：]")  # noqa: RUF001
_NOT_AN_END: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|a\.m|p\.m|approx|No|Inc|Ltd|[A-Z])"
    r"|(?:^|\n)\s*\d{1,2})\.$"
)
"""Ends of text whose full stop ends an abbreviation, an initial, or a list's number."""
_PHRASE: Final = re.compile(
    r" (?=(?:and|but|or|so|because|since|although|though|while|when|where|which|who|that|if|"
    r"unless|until|after|before|by|in|on|at|for|with|without|from|into|through|during|between|"
    r"about|as|than|like|of|to)\s)",
    re.IGNORECASE,
)
"""Where English begins another phrase."""
_GAP: Final = re.compile(r"(\S+) (?!of\s)(?=\S+\s)")
_TIES: Final = re.compile(
    r"an?|the|this|that|these|those|my|your|his|her|its|our|their|of|to|in|on|at|for|with|from|by|"
    r"as|into|than|and|or|but|nor|is|are|was|were|be|been|can|could|may|might|must|shall|should|"
    r"will|would|has|have|had|do|does|did|not|no|very|more|most|so|too|i|you|he|she|it|we|they",
    re.IGNORECASE,
)
"""English words after which nobody pauses."""


class ClauseSplitter:
    """Takes text in pieces and answers whole clauses as soon as they are known to be whole.

    Nothing is lost: the clauses joined by white space are the text, apart from white space.

    Args:
        phrases: whether the first clause may be a phrase: for those who wait for an answer.
    """

    def __init__(self, *, phrases: bool = False) -> None:
        self._rest = ""
        self._first = True
        self._phrases = phrases

    def feed(self, text: str) -> list[str]:
        """Adds text; answers the clauses that it completed."""
        self._rest += text
        clauses = []
        while (cut := self._cut()) is not None:
            clause, self._rest = self._rest[:cut].strip(), self._rest[cut:]
            if clause:
                clauses.append(clause)
                self._first = False
        return clauses

    def flush(self) -> list[str]:
        """Answers what is left as a last clause."""
        clause, self._rest = self._rest.strip(), ""
        return [clause] if clause else []

    def _cut(self) -> int | None:
        """Where the next clause ends, or None while that is not known."""
        least = 0 if self._first else LATER_CHARS
        for end in _SENTENCE_END.finditer(self._rest):
            if end.end() >= least and not _NOT_AN_END.search(self._rest[: end.end()].rstrip("\n ")):
                return end.end()
        if self._first:
            for pause in _PAUSE.finditer(self._rest):
                if pause.end() >= FIRST_CHARS:
                    return pause.end()
            if self._phrases and (gap := _phrase(self._rest)) is not None:
                return gap
        if len(self._rest) > MOST_CHARS:
            pauses = [pause.end() for pause in _PAUSE.finditer(self._rest, 0, MOST_CHARS)]
            space = self._rest.rfind(" ", 1, MOST_CHARS)
            return pauses[-1] if pauses else space if space > 0 else MOST_CHARS
        return None


def _phrase(text: str) -> int | None:
    """Where the first phrase ends, or None while that is not known."""
    for gap in _PHRASE.finditer(text, PHRASE_CHARS):
        if not _TIES.fullmatch(text[: gap.start()].rpartition(" ")[2]):
            return gap.end()
    for gap in _GAP.finditer(text, OPENING_CHARS):
        if not _TIES.fullmatch(gap.group(1)):
            return gap.end()
    return None
