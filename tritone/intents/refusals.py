"""Phrases that tell a sentence which asks for nothing now from one that does."""

import re
from typing import Final

from tritone.intents.vocabulary import phrases

__all__ = [
    "ASKING_FIRST",
    "CLOCK",
    "ENSURING",
    "HOUR",
    "INJECTED",
    "LATER",
    "LATER_FIRST",
    "REFUSED",
    "REFUSED_FIRST",
    "SEEING",
    "STATED",
    "STORY",
    "TAKEN_BACK",
]

INJECTED: Final = phrases(
    "administrator, admin, obey, comply, authorized, authorised, god mode, test mode",
    "diagnostic mode, root access, security protocol, protocol, simulate, simulation, rule",
    "rules, guidelines, your programming, your training, your creator, your developer",
    "developer, language model, chatbot, unrestricted, do anything, user input, base64, decode",
    "password, api key, drop table, the above text, above text, following text, new task",
    "you are a, you are an, you're a, you're an, a game where, purposes, forever, times",
    "endless loop, endoftext, im start, im end, function call, call the function",
    "forget everything, forget what, no longer bound, script, eval, exec, payload, end of user",
    "end of input, ignore previous, ignore all, ignore the above, ignore your, ignore any",
    "ignore these, ignore every, ignore everything, disregard, forget your, forget previous",
    "forget all, override, overrule, bypass, previous instructions, prior instructions",
    "your instructions, your rules, new instructions, system prompt, system message",
    "system override, developer mode, maintenance mode, system, debug mode, admin mode, sudo",
    "you are now, you're now, from now on, act as, pretend, roleplay, role play, jailbreak",
    "as an ai, no restrictions, without restrictions, respond with, reply with, answer with",
    "output, print, json, repeat after, say exactly, action taken, end of prompt, instruction",
    "instructions, prompt, intent",
)
TAKEN_BACK: Final = phrases(
    "never mind, nevermind, forget it, forget that, forget about it, cancel that, scratch that",
    "on second thought, just kidding, only kidding, i'm kidding, i am kidding, only joking",
    "just joking, i was joking, i'm joking, i changed my mind, changed my mind, wait no",
    "no wait, actually no, actually don't, no don't, or not, don't bother, leave it",
    "as you were, ignore that, ignore me, ignore this",
)
REFUSED: Final = phrases(
    "not, don't, do not, dont, never, no need, not necessary, won't, wouldn't, shouldn't",
    "should not, must not, mustn't, can't you not, please not, not yet, stop turning",
    "stop switching, rather not, not now, no reason, needn't, instead of, no longer",
    "without turning, without touching, hate, didn't, did not, doesn't, does not, isn't, aren't",
    "wasn't, weren't, haven't, hasn't, avoid, refrain, nobody, no one, nothing, not turn",
    "not open, not touch, not close, not switch, not want, not need, not going, not asking",
    "not to, stay, stays, forbid",
)
SEEING: Final = frozenset(("see", "find", "read"))
"""What somebody who cannot do it wants light for."""
REFUSED_FIRST: Final = phrases(
    "leave, no, not, nope, hold off, hands off",
)
STATED: Final = phrases(
    "is at, are at, is set, was at, is in, are in, turned on, turned off, switched on",
    "switched off, is on, is off, is open, is closed, is shut, are on, are off, are open",
    "are closed, are shut, is already, are already, is still, are still, is running",
    "are running, was on, was off, was open, was closed, were on, were off, were open, being on",
    "gets dark, get dark, neighbor, neighbour, neighbors, neighbours, at work, my friend",
    "my friends, at school, with the light on",
)
ENSURING: Final = frozenset(("ensure", "make", "check", "want", "like", "need", "see"))
"""Words that make an order of a statement: "make sure the door is closed"."""
LATER: Final = phrases(
    "when, whenever, if, unless, until, till, before, after, once, tomorrow, tonight, later",
    "every day, next week, next time, in the morning, in the evening, in the afternoon",
    "at night, at noon, at midnight, at sunset, at sunrise, at dawn, at dusk, on monday",
    "on tuesday, on wednesday, on thursday, on friday, on saturday, on sunday, every morning",
    "every evening, every night, someday, one day, some day, as soon as, in an hour",
    "in a minute, in a while, half an hour, an hour, schedule, timer, remind, reminder, o'clock",
    "every time, while i'm away, during, yesterday, last night, last week, ago, this morning",
    "minutes, seconds, hours, hour",
)
LATER_FIRST: Final = phrases(
    "if, when, whenever, unless, until, once, after, before, as soon as, as long as, every",
    "tomorrow, tonight, later, next, in the morning, in the evening, at midnight, at noon",
    "at night, at sunset, at sunrise, on monday, on tuesday, on wednesday, on thursday",
    "on friday, on saturday, on sunday, by the time, the moment, in an hour, in a minute, while",
)
"""How a part begins that says when the others are meant."""
HOUR: Final = re.compile(r"\bat (\d{1,2})(?= |$)(?! (?:percent|degrees?|celsius))")
CLOCK: Final = re.compile(r"\d ?[ap]m\b|\b\d+:\d\d\b|\bin \d+(?! percent)")
STORY: Final = phrases(
    "said, the user, manual, price, story, poem, song, joke, riddle, essay, novel, lyrics",
    "haiku, limerick, book, translate, spell, pronounce, in french, in spanish, in german",
    "in english, in latin, mean, means, meaning, definition, define, the word, the phrase",
    "the sentence, imagine, suppose, hypothetically, what if, tell me, explain, describe",
    "recommend, told me, told him, told her, he said, she said, they said, said to, says",
    "asked me, asked him, asked her, someone, somebody, used to, i was, we were, i've",
    "i have been, had been, would have, should have, could have, was turned, were turned",
    "has been, have been, i turned, i opened, i closed, i switched, i left, we turned",
    "keeps turning, keeps switching, always turn, always turns, turns on, turns off",
    "turns me on, turn me on, turn you on, turns you, turned me, i love, i like, i hate",
    "i enjoy, turned out, wonder, wondering, dreamed, dreamt, dream, remember, favorite",
    "favourite, opinion, metaphor, idea, quote, history, invented, invent, joking, pun, blog",
    "article, email, letter, message, write",
)
ASKING_FIRST: Final = phrases(
    "what, what's, who, who's, whom, whose, where, where's, why, how, how's, which, is, are",
    "was, were, am i, did, do the, do you, do i, do we, do my, does, has, have you, have i",
    "have we, had, should, shall, can i, may i, could i, could it, can it, would it, isn't",
    "aren't, can lights, do you, are you, will it, will the, would the, can the, could the",
    "might, must i",
)
