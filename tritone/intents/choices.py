"""Which intents a part of a sentence leaves open: those the language model may choose from.

A small model guesses well between a few that the words speak for, and badly among all.
"""

from collections.abc import Iterable, Mapping, Sequence

from tritone.intents.evidence import ACTING, cued, details, surely
from tritone.intents.guard import NAME, masked, name_forms, refused
from tritone.intents.kinds import EVERYTHING, NEUTRAL, Kinds
from tritone.intents.manners import bare
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.words import Words, singular, words

__all__ = ["NONE", "open_intents", "relevant"]

NONE = "none"


def open_intents(
    part: Words,
    said: Words,
    names: Sequence[str],
    table: Mapping[str, IntentSpec] = INTENTS,
) -> tuple[str, ...]:
    """The names of the intents, in the table's order; one at least.

    Args:
        part: the words of the part.
        said: those of the whole sentence.
        names: of the things that there are; none where they are not known.
        table: the intents.
    """
    forms = name_forms(names)
    plain = masked(part, forms)
    reason = refused(plain, masked(said, forms))
    able = [
        spec
        for spec in table.values()
        if cued(spec, plain if spec.acts else part)
        and (not spec.acts or reason is None)
        and (not spec.things or _mentions(spec, part, plain, names))
    ]
    acting = _fitting([spec for spec in able if spec.acts], part, plain, table)
    reading = [spec for spec in able if not spec.acts and not _orders(plain)]
    found = {spec.name for spec in (*acting, *reading)}
    # Left the choice, a small model takes many a wish for talk. So it is left only where little
    # speaks for a wish; what it then takes for one that is none, the guard and the resolver stop.
    if not any(
        surely(spec, plain if spec.acts else part) and _told(spec, part, plain, names)
        for spec in (*acting, *reading)
    ):
        found.add(NONE)
    return tuple(name for name in table if name in found)


def relevant(part: Words, names: Iterable[str], most: int) -> tuple[str, ...]:
    """The names that share a word with what was said, the ones said in full first."""
    said = {singular(word) for word in part} - NEUTRAL
    found = []
    for name in names:
        form = words(name)
        own = {singular(word) for word in form}
        own |= {word.removesuffix("time") for word in own if len(word) > 6}
        shared = len(own & said)
        if shared:
            whole = any(part[at : at + len(form)] == form for at in range(len(part)))
            found.append((not whole, -shared, name))
    return tuple(name for _, _, name in sorted(found, key=lambda one: one[:2])[:most])


def _orders(plain: Words) -> bool:
    """Whether words begin like a command."""
    return bare(plain)[:1] != () and bare(plain)[0] in ACTING


def _told(spec: IntentSpec, part: Words, plain: Words, names: Sequence[str]) -> bool:
    """Whether a name was said, a word of one, or a word for what the intent is about."""
    return bool(spec.things) and (
        NAME in plain
        or _kind(spec, part)
        or bool(EVERYTHING & set(part))
        or bool(relevant(part, names, 1))
    )


def _kind(spec: IntentSpec, part: Words) -> bool:
    kinds = {word for groups in spec.things.values() for text in groups for word in text.split()}
    rest = part[1:] if part[:1] and part[0] in ACTING else part
    return any(singular(word) in kinds for word in rest)


def _mentions(spec: IntentSpec, part: Words, plain: Words, names: Sequence[str]) -> bool:
    """Whether anything of a thing was said; where no things are known, a command will do."""
    return _told(spec, part, plain, names) or (spec.acts and (not names or _orders(plain)))


def _fitting(
    able: Sequence[IntentSpec], part: Words, plain: Words, table: Mapping[str, IntentSpec]
) -> list[IntentSpec]:
    """Those of several that fit best: whose kind of thing and whose details were said."""
    known = Kinds(table)
    if any(singular(word) in known.words for word in part):
        able = [spec for spec in able if _kind(spec, part)] or able
    detailed = [spec for spec in able if details(spec, plain)]
    able = detailed or able
    filled = {
        spec.name
        for spec in able
        if any(slot.required for slot in spec.slots) and details(spec, plain)
    }
    lacking = {
        spec.name
        for spec in able
        if any(slot.required for slot in spec.slots) and not details(spec, plain)
    }
    able = [spec for spec in able if spec.name not in lacking] or list(able)
    return [
        spec
        for spec in able
        if spec.name in filled
        or not any(other.name in filled and other.domains == spec.domains for other in able)
    ]
