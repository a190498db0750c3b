"""What the entries of the table of intents are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tritone.intents.values import Kind

__all__ = ["IntentSpec", "Slot", "Things"]

Things = Mapping[str, tuple[str, ...]]
"""Words that people have for things, by Home Assistant's domain.

Each text is a group of words for one kind. Those of the first group mean anything of the domain (a
floor lamp is a light); those of another only what is called so (a garage door is no curtain).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A detail of an intent.

    Attributes:
        name: its key in a wish: ``brightness``.
        kind: how it is read from words.
        param: the parameter of the action that it becomes: ``brightness_pct``.
        attribute: the state's attribute that shows it.
        whole: the attribute's number that stands for 100 percent; 0 where both count alike.
        required: without it there is nothing to do.
        least, most: what it may be, where the thing itself does not say.
    """

    name: str
    kind: Kind
    param: str
    attribute: str = ""
    whole: float = 0
    required: bool = False
    least: float = 0
    most: float = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentSpec:
    """One entry of the table.

    Attributes:
        name: as in the JSON of the `intent` ensemble.
        meaning: one line for the language model.
        things: what it is about, by domain, with words for each, in the singular.
        action: Home Assistant's action; ``{domain}`` stands for the thing's. Empty: it only reads.
        slots: its details.
        sentences: hassil templates of the fast path. ``<thing>`` stands for a name, a room with a
            kind, or all; ``<the>`` for an article; a slot's name in brackets for its value.
        cues: what must have been said for it to be done, each one of: words in this order, with
            others between them ("turn on"); a word that ends a sentence but for values ("on."); a
            word after "^" that begins it; words joined by "_" with none between them.
        hints: what makes it likely, in the same form: then it is asked whether it is meant.
        narrowing: domains that a word leaves of those in `things`: "how warm" is about no lamp.
        states: what the state must be afterwards; empty where the state itself must change.
        full: an attribute that must be at this number afterwards, where the thing has it.
        examples: a sentence, the thing in its words, the details and a reply: for the prompt.
    """

    name: str
    meaning: str
    things: Things
    action: str = ""
    slots: tuple[Slot, ...] = ()
    sentences: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    narrowing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    full: tuple[str, float] | None = None
    examples: tuple[tuple[str, str, Mapping[str, str], str], ...] = ()

    @property
    def domains(self) -> frozenset[str]:
        """The domains of the things that it is about."""
        return frozenset(self.things)

    @property
    def acts(self) -> bool:
        """Whether it changes anything in the house."""
        return bool(self.action)
