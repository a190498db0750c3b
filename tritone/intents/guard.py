"""What speaks against doing a thing, whatever the language model says.

A wish is carried out only where the sentence itself asks for it: it is not refused, no question, no
story, no wish for later, a cue of its intent was said, and something of a thing. Where this is in
doubt nothing is done; a question back costs less than a garage door that opens by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tritone.intents import refusals
from tritone.intents.entities import Entity
from tritone.intents.evidence import ACTING, cued
from tritone.intents.kinds import ALL, NEUTRAL
from tritone.intents.manners import bare
from tritone.intents.parts import PARTICLES, except_for, parts
from tritone.intents.quoting import quoted
from tritone.intents.saying import heard
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.vocabulary import vocabulary
from tritone.intents.wish import Wish
from tritone.intents.words import ENDS, Words, tokens, words

__all__ = ["NAME", "masked", "name_forms", "objection", "refused"]

NAME: Final = "¤"
"""Stands where the name of a thing was said: what it is called is no evidence for anything."""


_HOURS: Final = 12
_ROLES: Final = vocabulary("system assistant user human developer tool ai bot")
_FOLLOWING: Final = PARTICLES | vocabulary("light lamp to")
_INTRODUCING: Final = ACTING | PARTICLES | vocabulary("the my our called named")
_TELLING: Final = NEUTRAL | frozenset(
    word
    for phrase in (
        *refusals.TAKEN_BACK,
        *refusals.REFUSED,
        *refusals.REFUSED_FIRST,
        *refusals.LATER,
        *refusals.ASKING_FIRST,
    )
    for word in phrase
)


def objection(
    wish: Wish,
    said: str,
    entities: Sequence[Entity],
    table: Mapping[str, IntentSpec] = INTENTS,
) -> str | None:
    """Why a wish must not be carried out; None where nothing speaks against it.

    Args:
        wish: what the language model, or a template, made of the sentence.
        said: the whole sentence.
        entities: all that the house has.
        table: the intents. Those that only read are never objected to.
    """
    spec = table[wish.intent]
    if not spec.acts:
        return None
    forms = name_forms(name for each in entities for name in (each.name, *each.aliases))
    plain = heard(wish, said, table)
    if quoted(plain, said):
        return "it is quoted"
    part = masked(plain, forms)
    reason = refused(part, masked(tokens(said), forms))
    if reason is not None:
        return reason
    if any(_starts(refusals.LATER_FIRST, bare(other)) for other in parts(said)):
        return "it is not for now"
    if any(slot.kind == "temperature" for slot in spec.slots):
        clock = None
    else:
        clock = refusals.HOUR.search(" ".join(bare(part)))
    if clock and (not spec.slots or int(clock[1]) <= _HOURS):
        return "it is not for now"
    if ALL & set(part) and any(
        _refusal(masked(other, forms)) for other in parts(said) if other != part
    ):
        return "an exception was made"
    if not cued(spec, part):
        return "nothing asks for it"
    return None


def refused(part: Words, said: Words) -> str | None:
    """Why the words of a wish ask for nothing to be done now; None where they may.

    Args:
        part: the words of the wish, names replaced by `NAME`.
        said: those of the whole sentence.
    """
    if _has(refusals.INJECTED, said) or _role_played(said):
        return "it is about instructions, not about the house"
    if _has(refusals.TAKEN_BACK, said):
        return "it was taken back"
    plain = bare(part)
    if _refusal(part):
        return "it was refused"
    if _starts(refusals.ASKING_FIRST, plain) or _asked(part, said):
        return "it is a question"
    if _has(refusals.LATER, plain) or refusals.CLOCK.search(" ".join(plain)):
        return "it is not for now"
    if _has(refusals.STORY, plain) or (
        _has(refusals.STATED, plain) and not refusals.ENSURING & set(part)
    ):
        return "it is talk"
    return None


def masked(said: Words, forms: Iterable[Words]) -> Words:
    """Words with every name in them replaced, longest names first."""
    left = list(said)
    for form in sorted(forms, key=len, reverse=True):
        at = 0
        # A light may be called like an order to the model: it must be spoken of like a light.
        ordering = _has(refusals.INJECTED, form)
        while at <= len(left) - len(form):
            if tuple(left[at : at + len(form)]) == form and (
                not ordering or _introduced(left, at, at + len(form))
            ):
                left[at : at + len(form)] = [NAME]
            at += 1
    return tuple(left)


def _introduced(said: Sequence[str], start: int, end: int) -> bool:
    """Whether words stand where a thing's name does: "turn on ...", "... off", "and ..."."""
    before, after = said[start - 1] if start else "", said[end] if end < len(said) else ""
    listed = before in ("and", ",") and after in ("", "and", ",", *ENDS)
    return before in _INTRODUCING or after in _FOLLOWING or listed


def _role_played(said: Words) -> bool:
    """Whether words pretend to be somebody's turn in a conversation: "assistant: ..."."""
    return any(word in _ROLES and said[at + 1 : at + 2] == (":",) for at, word in enumerate(said))


def _asked(part: Words, said: Words) -> bool:
    """Whether words are a question by their sign alone: "the lamp on?"."""
    return (
        bool(part)
        and said[-1:] == ("?",)
        and said[-1 - len(part) : -1] == part
        and bare(part)[:1] == part[:1]
        and part[0] not in ACTING
    )


def _refusal(part: Words) -> bool:
    # "All but not the hall": what is left out is not refused, it is an exception.
    meant, _ = except_for(bare(part))
    kept = meant[:1] == ("keep",) and not any(word[0].isdigit() for word in meant)
    unable = any(
        word in ("can't", "cannot") and not refusals.SEEING & set(meant[at + 1 :])
        for at, word in enumerate(meant)
    )
    return kept or unable or _has(refusals.REFUSED, meant) or _starts(refusals.REFUSED_FIRST, meant)


def name_forms(names: Iterable[str]) -> list[Words]:
    """Names that can be told from the words of a sentence: a light named "don't" is out of luck."""
    return [form for name in names if (form := words(name)) and not set(form) <= _TELLING]


def _has(phrases: Iterable[Words], said: Words) -> bool:
    said = tuple(word for word in said if word != "," and word not in ENDS)
    return any(
        said[at : at + len(phrase)] == phrase for phrase in phrases for at in range(len(said))
    )


def _starts(phrases: Iterable[Words], said: Words) -> bool:
    return any(said[: len(phrase)] == phrase for phrase in phrases)
