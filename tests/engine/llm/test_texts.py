"""The language model with real weights: plain texts and penalties."""

import pytest

from tests.engine.llm.llm_kit import ask, said
from tritone.engines.llm.llamacpp import LlamaCpp

pytestmark = pytest.mark.engine


def test_a_text_is_continued_as_it_stands(engine):
    """Without the chat template the model does not answer, it goes on; stop words hold."""
    fields = {"apply_chat_template": False, "stream": True}
    text = "one, two, three, four,"
    assert said(ask(engine, text, max_tokens=4, **fields)).startswith(" five, six")
    stopped = ask(engine, text, stop_words=("seven",), **fields)
    assert said(stopped).strip() == "five, six,"
    assert stopped[-1].finish_reason == "stop"
    assert stopped[-1].prompt_tokens > 0


def test_a_text_may_fill_the_context(weights):
    """However many tokens are asked for, an answer ends where the context is full."""
    small = LlamaCpp(weights("qwen2.5-coder-0.5b"), slots=1, context=256, threads=1)
    text = "one two three " * 70
    end = ask(small, text, apply_chat_template=False, max_tokens=2**31 - 1)[-1]
    assert end.finish_reason == "length"
    assert end.prompt_tokens + end.completion_tokens == 256
    small.close()


def test_penalties_change_an_answer(engine):
    """What was said before is avoided, however strongly the text suggests it."""
    fields = {"apply_chat_template": False, "max_tokens": 30}
    text = "one two three one two three one two three one two"
    assert said(ask(engine, text, **fields)).count("one two") > 5
    assert "one two" not in said(ask(engine, text, **fields, frequency_penalty=2.0))
    story = ask(engine, "Tell a story of a fox.", max_tokens=40)
    other = ask(engine, "Tell a story of a fox.", max_tokens=40, presence_penalty=2.0)
    assert said(story) != said(other)


def test_characters_of_several_tokens_come_whole(engine):
    """No piece has a broken character, and the pieces are the text."""
    text = "🌧️🦄🌈🌧️🦄🌈 雨が降る 雨が降る 🌧️🦄🌈🌧️🦄"
    responses = ask(engine, text, apply_chat_template=False, max_tokens=24, stream=True)
    assert "�" not in said(responses)
    assert any(ord(char) > 0xFFFF for char in said(responses))
