"""Polite words around a wish, which say nothing about it."""

from typing import Final

from tritone.intents.vocabulary import phrases, vocabulary
from tritone.intents.words import Words

__all__ = ["bare"]


_BEFORE: Final = phrases(
    "hey, hi, hello, hey there, hi there, ok, okay, right then, um, uh, er, hmm, so, well, oh",
    "yo, and, then, also, now, just, kindly, quickly, maybe, perhaps, actually, alright",
    "all right, can you, could you, would you, will you, can we, could we, may i have",
    "can i have, can i get, can you just, could you just, could i have, could you maybe",
    "could you possibly, do you think you could, i want you to, i'd like you to",
    "i would like you to, i need you to, i'd love you to, i want to, i'd like to",
    "i would like to, we want to, we need to, i need to, you can, you could, go ahead and",
    "be so kind as to, be so kind and, be so good as to, be so good and, see to it that",
    "be a dear and, do me a favor and, do me a favour and, don't forget to",
    "do not forget to, make sure to, make sure you, make sure that you, why don't you, why not",
    "would you mind, do you mind, would you please, is it possible to, would it be possible to",
    "if you don't mind, if you could, if you can, when you get a chance, when you have a moment",
    "computer, assistant, house, tritone, buddy, mate, dude, thanks, thank you, cheers",
    "i think you should, how about, what about, i was wondering if you could",
    "i wonder if you could, be nice and, good morning, good evening, good afternoon, you should",
    "go and, please go and, it's time to, i forgot to, we forgot to",
)
_AFTER: Final = phrases(
    "thanks, thank you, thanks a lot, thank you very much, for me, for us, right now, now",
    "at once, immediately, quickly, straight away, right away, will you, would you, could you",
    "can you, again, if you don't mind, if you could, if you can, if possible, if that's ok",
    "cheers, ok, okay, mate, if you would, when you can, when you get a chance",
    "when you have a moment, as soon as possible, asap, already, a bit, a little, for a moment",
    "buddy, dude, too, as well, though, then, man",
)
_ANYWHERE: Final = vocabulary(
    "please pls plz kindly",
)
_DOING: Final = {
    "turning": "turn",
    "switching": "switch",
    "putting": "put",
    "setting": "set",
    "opening": "open",
    "closing": "close",
    "shutting": "shut",
    "making": "make",
    "dimming": "dim",
    "raising": "raise",
    "lowering": "lower",
    "starting": "start",
    "stopping": "stop",
    "activating": "activate",
}
"""As in "would you mind turning on the lamp"."""


def bare(given: Words) -> Words:
    """Words without the polite ones before and after them."""
    left = tuple(word for word in given if word not in _ANYWHERE)
    while True:
        start = next((p for p in _BEFORE if left[: len(p)] == p), ())
        end = next((p for p in _AFTER if left[-len(p) :] == p), ())
        if not start and not end:
            return left
        if start:
            left = left[len(start) :]
            if start[-1] in ("mind", "about") and left and left[0] in _DOING:
                left = (_DOING[left[0]], *left[1:])
        elif end:
            left = left[: -len(end)]
        left = _without_commas(left)


def _without_commas(given: Words) -> Words:
    while given and given[0] == ",":
        given = given[1:]
    while given and given[-1] == ",":
        given = given[:-1]
    return given
