"""Written text as a person would read it aloud.

Language models answer in Markdown; "asterisk asterisk Paris" is not an answer. Sentences arrive
in pieces, so marks may be unbalanced: a stray one is dropped like a pair. Nothing here depends on
a language.
"""

# ruff: noqa: RUF001 - typographic punctuation is what the text holds.

import re
from typing import Final
from urllib.parse import urlsplit

__all__ = ["spoken"]

_FENCE: Final = re.compile(r"(?:```+|~~~+)[^\n`]*\n(.*?)(?:```+|~~~+|\Z)", re.DOTALL)
_FENCE_MARK: Final = re.compile(r"```+|~~~+")
_IMAGE: Final = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
_LINK: Final = re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)")
_URL: Final = re.compile(r"<?\b(?:https?|ftp)://[^\s<>\"]+>?", re.IGNORECASE)
_TAG: Final = re.compile(
    r"</?(?:a|b|br|code|div|em|hr|i|li|ol|p|pre|small|span|strong|sub|sup|u|ul)\b[^<>\n]*>",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}")
_TABLE_RULE: Final = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*")
_BLOCK: Final = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*(?:#{1,6}[ \t]+|[-*+•‣◦–][ \t]+)")
_QUOTE: Final = re.compile(r"[ \t]*(?:>[ \t]?)+")
_NUMBERED: Final = re.compile(r"[ \t]*\d{1,3}[.)][ \t]+")
_TASK: Final = re.compile(r"\[[ xX]\][ \t]+")
_EMPHASIS: Final = re.compile(
    r"(?<![\w*_~])(\*{1,3}|_{1,3}|~~)(?=\S)((?:(?!\1)[^\n])+?)(?<=\S)\1(?![\w*_~])"
)
_INNER_STARS: Final = re.compile(r"\*{2,3}(?=\S)([^*\n]+?)(?<=\S)\*{2,3}|`+([^`\n]*)`+")
_TIMES: Final = re.compile(r"(?<=\d)[ \t]*\*[ \t]*(?=\d)")
_STRAY: Final = re.compile(r"\*+|`+|~~+|(?<!\w)_+|_+(?!\w)|(?<=\w)_+(?=\w)")
_EMOJI: Final = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\u20e3\ufe0e\ufe0f\u200d"
    "\U000e0020-\U000e007f]+"
)
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_SHOUT: Final = re.compile(r"([!?])[!?]+")
_SILENT: Final = re.compile(r"[\s.,;:!?…'\"“”‘’«»()\[\]{}<>|/\\_^#\-–—]*")
_ENDS: Final = tuple(".!?:;,…。！？、，；：")
_CLOSERS: Final = "\"'”’)]»"


def spoken(text: str) -> str:
    """`text` without Markdown, addresses, emoji and control characters, on one line.

    * Emphasis, headings, bullets, quotes, links, tables and HTML tags lose their marks and keep
      their words; a heading, a bullet, a table row or a paragraph ends like a sentence.
    * A web address becomes its host. A fenced code block is left out, unless nothing else is
      there to say.
    * What cannot be said at all (emoji or punctuation only) becomes an empty string.
    """
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _INVISIBLE.sub("", text)
    return _read(_FENCE.sub("\n\n", text)) or _read(_FENCE.sub(r"\n\1\n", text))


def _read(text: str) -> str:
    text = _FENCE_MARK.sub("", text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _URL.sub(_host, text)
    text = _TAG.sub(" ", text)
    text = _EMOJI.sub(" ", text)
    sentences: list[str] = []
    flowing = False  # whether the line before may go on in this one
    for line in text.split("\n"):
        words, own = _line(line)
        if not words:
            flowing = False
        elif flowing and not own:
            sentences[-1] += " " + words
        else:
            sentences.append(words)
            flowing = not own
    closed = [_close(sentence) for sentence in sentences[:-1]] + sentences[-1:]
    whole = _SHOUT.sub(r"\1", " ".join(closed))
    return "" if _SILENT.fullmatch(whole) else whole


def _line(line: str) -> tuple[str, bool]:
    """The words of a line, and whether it stands on its own (a heading, an item, a table row)."""
    if _RULE.fullmatch(line) or _TABLE_RULE.fullmatch(line):
        return "", True
    block = _BLOCK.match(line)
    own = bool(block or _NUMBERED.match(line))
    mark = block or _QUOTE.match(line)
    line = line[mark.end() :] if mark else line
    if block:
        line = _TASK.sub("", line, count=1).rstrip("# \t")
    if line.count("|") >= 2 and line.strip().startswith("|"):
        line = ", ".join(cell.strip() for cell in line.strip().strip("|").split("|"))
        own = True
    return " ".join(_inline(line).split()), own


def _inline(line: str) -> str:
    """A line without emphasis and code marks."""
    line = _TIMES.sub(" × ", line)
    for _ in range(3):  # emphasis nests: ***bold and _italic_***
        line = _EMPHASIS.sub(r"\2", line)
    line = _INNER_STARS.sub(lambda found: found.group(1) or found.group(2) or "", line)
    return _STRAY.sub(lambda found: " " if _joins(line, found) else "", line)


def _joins(line: str, mark: re.Match[str]) -> bool:
    """Whether dropping the mark would glue two words together, as in snake_case."""
    before, after = line[: mark.start()][-1:], line[mark.end() :][:1]
    return before.isalnum() and after.isalnum()


def _host(found: re.Match[str]) -> str:
    """The host of an address, with the punctuation that ended the sentence."""
    address = found.group().strip("<>")
    tail = address[len(address.rstrip(".,;:!?)'\"")) :]
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    return host.removeprefix("www.").rstrip(".,;:!?)'\"") + tail


def _close(sentence: str) -> str:
    """The sentence with an end that makes a pause."""
    return sentence if sentence.rstrip(_CLOSERS).endswith(_ENDS) else sentence + "."
