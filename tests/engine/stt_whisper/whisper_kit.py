"""Sentences to say, and what was heard of them in a form to compare."""

import re

from tritone.contract import SttRequest, SttResponse
from tritone.messages import Segment, decode

SENTENCES = (
    "Please turn off the bedroom lamp and close the window.",
    "What time does the library open on Saturday morning?",
    "Is it going to rain tomorrow in Boston?",
    "How many planets are in the solar system?",
)


def plain(text):
    """Words as they are compared: lower case, without punctuation."""
    return re.sub(r"[^\w\s]", "", text.lower()).strip()


def ask(engine, audio, **options):
    """One recording, alone."""
    [response] = engine.transcribe([SttRequest(audio=audio, **options)])
    assert isinstance(response, SttResponse), response
    return response


def segments(response):
    return decode(tuple[Segment, ...], response.segments)
