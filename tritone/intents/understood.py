"""From what the `intent` ensemble answered to wishes, set right by what the house really has."""

import dataclasses
from collections.abc import Mapping, Sequence

from tritone.intents import pronouns
from tritone.intents.entities import Entity
from tritone.intents.evidence import ACTING, VALUES, cued, cues_in, details
from tritone.intents.kinds import EVERYTHING
from tritone.intents.manners import bare
from tritone.intents.parts import PARTICLES
from tritone.intents.resolving import Ambiguous, Found, Unknown, resolve
from tritone.intents.saying import heard
from tritone.intents.spec import IntentSpec
from tritone.intents.table import INTENTS
from tritone.intents.wish import Wish
from tritone.intents.words import Words
from tritone.messages import AlsoIntent, Intent

__all__ = ["said_names", "wishes"]


def said_names(entities: Sequence[Entity]) -> tuple[str, ...]:
    """What the `intent` ensemble is told of a house: names, other names and rooms, each once."""
    names = [entity.name for entity in entities]
    aliases = [alias for entity in entities for alias in entity.aliases]
    rooms = [room for entity in entities for room in (entity.area, *entity.area_aliases)]
    return tuple(dict.fromkeys(name for name in (*names, *aliases, *rooms) if name.strip()))


def wishes(
    intent: Intent,
    said: str,
    entities: Sequence[Entity],
    table: Mapping[str, IntentSpec] = INTENTS,
) -> tuple[Wish, ...]:
    """The wishes of a sentence, in the order in which they were said.

    The language model knows names alone, so that it may take the switch of a coffee machine for a
    light: where the house has no such thing, the one intent with the same cues that it has
    something for is meant. "Everything" means the things of all such intents.

    Args:
        intent: the ensemble's answer.
        said: the whole sentence.
        entities: all that the house has; none if it is not known.
        table: the intents.
    """
    found: list[Wish] = []
    before: tuple[str, ...] = ()
    answered: list[Intent | AlsoIntent] = [intent, *intent.also]
    for one in answered:
        if one.intent not in table:
            continue
        wish = Wish(intent=one.intent, entity=one.entity, params=one.params, said=one.said)
        if not entities:
            found.append(wish)
            continue
        if pronouns.used(heard(wish, said, table)):
            wish = dataclasses.replace(wish, it=before)
        meant = _set_right(wish, said, entities, table)
        before = _things(meant, said, entities, table) or before
        found += meant
    return tuple(found)


def _things(
    meant: Sequence[Wish], said: str, entities: Sequence[Entity], table: Mapping[str, IntentSpec]
) -> tuple[str, ...]:
    """What later words may call "it" or "them": entity ids."""
    resolved = [resolve(wish, said, entities, table) for wish in meant]
    return tuple(
        thing.entity_id for one in resolved if isinstance(one, Found) for thing in one.entities
    )


def _set_right(
    wish: Wish, said: str, entities: Sequence[Entity], table: Mapping[str, IntentSpec]
) -> list[Wish]:
    spec = table[wish.intent]
    if not spec.acts:
        return [wish]
    part = heard(wish, said, table)
    if singles := _singles(part, wish):
        each = [_set_right(one, one.said, entities, table) for one in singles]
        if (
            all(
                len(found) == 1 and isinstance(resolve(found[0], said, entities, table), Found)
                for found in each
            )
            and len({found[0].intent for found in each}) > 1
        ):
            return [found[0] for found in each]
    everything = bool(EVERYTHING & set(part))
    resolved = resolve(wish, said, entities, table)
    if not everything and not isinstance(resolved, Unknown):
        return [wish]
    others = [
        dataclasses.replace(wish, intent=other.name, params=details(other, part))
        for other in table.values()
        if other.acts
        and other is not spec
        and cued(other, part)
        and all(slot.name in details(other, part) for slot in other.slots if slot.required)
    ]
    found = [(other, resolve(other, said, entities, table)) for other in others]
    able = [other for other, thing in found if isinstance(thing, Found)]
    if everything:
        # "Turn off everything": whatever can be turned off so.
        cues = set(cues_in(spec.cues, part))
        alike = [other for other in able if cues & set(cues_in(table[other.intent].cues, part))]
        mine = [wish] if isinstance(resolved, Found) else []
        return [*mine, *alike] or [wish]
    able = able or [other for other, thing in found if isinstance(thing, Ambiguous)]
    return able if len(able) == 1 else [wish]


def _singles(part: Words, wish: Wish) -> list[Wish]:
    """Two wishes, of two intents perhaps, in "turn off the fan and the lamp".

    Nothing where it is one, or where a value is said, which may be for one or for all.
    """
    plain = bare(part)
    items: list[list[str]] = [[]]
    for word in plain:
        if word in ("and", ","):
            items.append([])
        else:
            items[-1].append(word)
    items = [item for item in items if item]
    if len(items) < 2 or plain[0] not in ACTING or any(word in VALUES for word in plain):
        return []
    head = items[0][: 1 + (items[0][1:2] != [] and items[0][1] in PARTICLES)]
    tail = items[-1][-1:] if len(head) == 1 and items[-1][-1] in PARTICLES else []
    items[0] = items[0][len(head) :]
    items[-1] = items[-1][: len(items[-1]) - len(tail)]
    return [
        dataclasses.replace(wish, said=" ".join([*head, *item, *tail])) for item in items if item
    ]
