"""The words that people have for kinds of things, as the table has them."""

from collections.abc import Collection, Mapping
from typing import Final

from tritone.intents.spec import IntentSpec
from tritone.intents.vocabulary import vocabulary

__all__ = ["ALL", "EVERYTHING", "NEUTRAL", "Kinds", "cue_words"]

ALL: Final = vocabulary(
    "all every each both everything everywhere",
)
EVERYTHING: Final = vocabulary(
    "everything everywhere",
)

NEUTRAL: Final = vocabulary(
    "a an the my our your their this that these those it its them one some any of in on at to",
    "by for from with off up down out and or , is are be was please all every each both",
    "everything everywhere house home apartment flat place whole entire there here i i'm i'd we",
    "we'd you me us he she it's can could would will shall may might must should do does did",
    "have has had get got give let let's want wants need like love so too very really just now",
    "again still also then more less bit little bit-of lot not don't what what's how which who",
    "when where why if so that as into onto over near next back away go goes going gonna come been",
    "being am percent degrees celsius brightness color colour level position state status way",
    "thing things something nothing light's setting value about around somewhere anywhere think",
    "feel seems seem looks look nice nicely good better great much many currently tell know",
    "whether check show tonight today see only right time room's",
)
"""Words that say nothing about which thing is meant."""


def cue_words(table: Mapping[str, IntentSpec]) -> frozenset[str]:
    """Every word of the cues and hints of intents that act."""
    return frozenset(
        word
        for spec in table.values()
        if spec.acts
        for cue in (*spec.cues, *spec.hints)
        for word in cue.strip("^.").replace("_", " ").split()
    )


class Kinds:
    """The words of a table's things.

    Args:
        table: the intents.
    """

    def __init__(self, table: Mapping[str, IntentSpec]) -> None:
        self._groups: dict[str, list[frozenset[str]]] = {}
        for spec in table.values():
            for domain, groups in spec.things.items():
                known = self._groups.setdefault(domain, [])
                known += [
                    group for text in groups if (group := frozenset(text.split())) not in known
                ]
        self.words = frozenset().union(
            *(word for groups in self._groups.values() for word in groups)
        )

    def general(self, domains: Collection[str]) -> frozenset[str]:
        """The words that mean anything of all these domains, were they the only ones."""
        groups = [self._groups[domain][0] for domain in domains if self._groups.get(domain)]
        return frozenset().union(*groups) if len(groups) == 1 else frozenset()

    def of(self, domain: str, own: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """The words for a thing's kind, and those it can be called for want of a better one.

        Args:
            domain: the thing's.
            own: the words of its names.
        """
        groups = self._groups.get(domain, [])
        if not groups:
            return frozenset(), frozenset()
        sure = frozenset().union(groups[0], *(group for group in groups[1:] if group & own))
        loose = sure if any(group & own for group in groups[1:]) else sure.union(*groups[1:])
        return sure, loose
