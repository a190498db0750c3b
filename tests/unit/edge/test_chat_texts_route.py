"""POST /v1/completions, from bytes to bytes, with a double for the model."""

import json
from typing import Any

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient
from openai.types import Completion

from edge.errors import on_error
from edge.routes.completions import completions
from tests.unit.completion_kit import Writer, answer
from tritone.contract import LLM, LlmRequest
from tritone.errors import ModelNotFound, PromptTooLong, TritoneError

pytestmark = pytest.mark.unit


class Names:
    """A catalog of one name."""

    def resolve(self, name: str, like: Any) -> Any:
        if name != "llm" or like is not LLM:
            raise ModelNotFound(f"there is no model '{name}'", param="model")
        return like


def ask(writer: Writer | None = None, /, **body: Any) -> Any:
    used = writer or Writer()
    app = Litestar(
        [completions],
        dependencies={
            "caller": Provide(lambda: used, sync_to_thread=False),
            "catalog": Provide(Names, sync_to_thread=False),
        },
        exception_handlers={TritoneError: on_error, Exception: on_error},
        logging_config=None,
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        return client.post("/v1/completions", json={"model": "llm", "prompt": "Snow is", **body})


def whole(found: Any) -> Completion:
    """An answer as the SDK reads it, strictly."""
    assert found.status_code == 200, found.text
    return Completion.model_validate(found.json(), strict=True)


def refused(found: Any) -> tuple[int, str, str | None]:
    error = found.json()["error"]
    return found.status_code, error["code"], error["param"]


def test_a_whole_text():
    """The model goes on with the text as it stands; OpenAI's 16 tokens, unless told otherwise."""
    writer = Writer(answer(" white", "."))
    answered = whole(ask(writer))
    assert writer.asked == [
        LlmRequest(text_input="Snow is", apply_chat_template=False, max_tokens=16, stream=True)
    ]
    assert answered.id.startswith("cmpl-")
    assert (answered.object, answered.system_fingerprint) == ("text_completion", "fp_llm")
    (choice,) = answered.choices
    assert (choice.index, choice.text, choice.finish_reason) == (0, " white.", "stop")
    assert answered.usage is not None
    assert (answered.usage.prompt_tokens, answered.usage.completion_tokens) == (11, 2)


def test_a_streamed_text():
    """Events of the same shape; the prompt first if it is to be repeated; usage if asked for."""
    found = ask(
        Writer(answer(" white", ".")),
        stream=True,
        echo=True,
        stream_options={"include_usage": True},
    )
    events = found.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    read = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    for event in read:
        assert event["object"] == "text_completion"
    *pieces, usage = read
    assert [piece["choices"][0]["text"] for piece in pieces] == ["Snow is white", ".", ""]
    assert pieces[-1]["choices"][0]["finish_reason"] == "stop"
    assert all(piece["usage"] is None for piece in pieces)
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 13)


def test_several_prompts_and_answers():
    """Prompt by prompt; each prompt counts once."""
    writer = Writer(*(answer(text) for text in "abcd"))
    answered = whole(ask(writer, prompt=["one ", "two "], n=2, echo=True, seed=1))
    assert [choice.text for choice in answered.choices] == ["one a", "one b", "two c", "two d"]
    assert [choice.index for choice in answered.choices] == [0, 1, 2, 3]
    assert [request.text_input for request in writer.asked] == ["one ", "one ", "two ", "two "]
    assert [request.random_seed for request in writer.asked] == [1, 2, 1, 2]
    assert answered.usage is not None
    assert (answered.usage.prompt_tokens, answered.usage.completion_tokens) == (22, 4)


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"prompt": [1, 2]}, "unsupported", "prompt"),
        ({"prompt": [[1, 2]]}, "unsupported", "prompt"),
        ({"suffix": "."}, "unsupported", "suffix"),
        ({"best_of": 3}, "unsupported", "best_of"),
        ({"logprobs": 2}, "unsupported", "logprobs"),
        ({"logit_bias": {"1": 1}}, "unsupported", "logit_bias"),
        ({"prompt": ""}, "text_empty", "prompt"),
        ({"prompt": ["a", ""]}, "text_empty", "prompt"),
        ({"prompt": ["a"] * 9}, "parameter_out_of_range", "prompt"),
        ({"prompt": ["a"] * 3, "n": 3}, "parameter_out_of_range", "n"),
        ({"prompt": []}, "body_invalid", None),
        ({"prompt": None}, "body_invalid", None),
    ],
)
def test_what_cannot_be_done_is_refused(body, code, param):
    """With the parameter at fault."""
    status, found, named = refused(ask(**body))
    assert (status, found) == (400, code)
    assert param is None or named == param


@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_too_long_is_called_so(stream):
    """By OpenAI's code and name of the field."""
    writer = Writer([PromptTooLong("5,000 tokens")])
    assert refused(ask(writer, stream=stream)) == (400, "context_length_exceeded", "prompt")


def test_defaults_of_old_clients_are_taken():
    """Although they name what is not supported."""
    assert whole(ask(suffix=None, best_of=1, logprobs=None, echo=False, user="me")).choices
