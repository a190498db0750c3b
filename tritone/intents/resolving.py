"""Which things of a house a wish means, by what was really said.

Whatever is said of a thing must be true of it: its name, its room, its kind. What the language
model writes counts for nothing here; it tells the intent, the sentence tells the thing.
"""

import functools
from collections.abc import Mapping, Sequence

from tritone.intents import pronouns
from tritone.intents.entities import Entity
from tritone.intents.evidence import VALUES, surely
from tritone.intents.kinds import EVERYTHING, Kinds, cue_words
from tritone.intents.manners import bare
from tritone.intents.names import Names
from tritone.intents.parts import except_for
from tritone.intents.phrase import Ambiguous, Found, Phrase, Resolved, Unknown, named, without_verb
from tritone.intents.saying import heard
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.wish import Wish
from tritone.intents.words import Words, singular

__all__ = ["Ambiguous", "Found", "Resolved", "Unknown", "resolve"]


def resolve(
    wish: Wish,
    said: str,
    entities: Sequence[Entity],
    table: Mapping[str, IntentSpec] = INTENTS,
) -> Resolved:
    """The things that a wish means.

    Args:
        wish: its `said`, or the part of the sentence that fits it best, is what counts.
        said: the whole sentence.
        entities: all that the house has.
        table: the intents.
    """
    spec = table[wish.intent]
    names = Names(entities, Kinds(table), cue_words(table) | VALUES)
    part = heard(wish, said, table)
    domains = _narrowed(spec, part)
    pool = tuple(entity for entity in entities if entity.domain in domains)
    cues = cue_words(table)
    search = functools.partial(_meant, pool=pool, names=names, cues=cues, strict=spec.acts)
    meant, left_out = except_for(names.read(bare(part)))
    found = search(meant)
    if isinstance(found, Unknown):
        found = pronouns.it(part, wish.it, pool, cues)
    if not isinstance(found, Found):
        return found
    hinted = spec.acts and not surely(spec, part)
    if hinted:  # "I need a coffee" may be meant for the machine, or for nobody
        return Ambiguous(found.entities)
    if not left_out:
        return found
    without = search(left_out, several=True)
    if not isinstance(without, Found):
        return Unknown()
    kept = tuple(entity for entity in found.entities if entity not in without.entities)
    return Found(kept) if kept else Unknown()


def _narrowed(spec: IntentSpec, part: Words) -> frozenset[str]:
    """The domains that may be meant."""
    domains = spec.domains
    for word in part:
        domains &= frozenset(spec.narrowing.get(word, domains))
    return domains or spec.domains


def _meant(
    said: Words,
    *,
    pool: Sequence[Entity],
    names: Names,
    cues: frozenset[str],
    strict: bool,
    several: bool = False,
) -> Resolved:
    """What words mean, where they name things joined by "and"."""
    phrases = _phrases(said, pool, names)
    found: list[Entity] = []
    for at, phrase in enumerate(phrases):
        # "The kitchen and bedroom lights": the kind is said once, for both.
        kind = next((_kinds(later, names) for later in phrases[at:] if _kinds(later, names)), ())
        shared = phrase if _kinds(phrase, names) or named(phrase, pool, names) else phrase + kind
        one = Phrase(shared, pool, names, cues, strict=strict).meant(
            several=several or len(phrases) > 1
        )
        if not isinstance(one, Found):
            return one
        found += [entity for entity in one.entities if entity not in found]
    return Found(tuple(found)) if found else Unknown()


def _phrases(said: Words, pool: Sequence[Entity], names: Names) -> list[Words]:
    """Words parted at "and" and commas, but not inside a name."""
    whole: set[int] = set()
    for entity in pool:
        for form in names.forms(entity):
            for at in range(len(said) - len(form) + 1):
                if said[at : at + len(form)] == form:
                    whole.update(range(at, at + len(form)))
    found: list[Words] = [()]
    for at, word in enumerate(said):
        if word in ("and", ",", "or", "plus") and at not in whole:
            found.append(())
        else:
            found[-1] = (*found[-1], word)
    described = [part for part in found if _described(part, pool, names)]
    return described or [said]


def _described(said: Words, pool: Sequence[Entity], names: Names) -> bool:
    """Whether words describe a thing at all."""
    known = {word for entity in pool for word in names.own(entity)}
    return any(
        singular(word) in known or word.startswith("@") or names.kind(singular(word))
        for word in without_verb(said)
    ) or bool(EVERYTHING & set(said))


def _kinds(said: Words, names: Names) -> Words:
    return tuple(word for word in without_verb(said) if names.kind(singular(word)))
