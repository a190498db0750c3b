"""The chat route with a double for the model, and its answers as the SDK reads them."""

import json
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from edge.errors import on_error
from edge.routes.chat import chat
from tests.unit.completion_kit import Writer
from tritone.contract import CHAT, LlmRequest
from tritone.errors import ModelNotFound, TritoneError

ASK = [{"role": "user", "content": "Hello?"}]
CALL = '[{"id":"call_1","type":"function","function":{"name":"now","arguments":"{}"}}]'
DELTA = CALL.replace('{"id"', '{"index":0,"id"')
TOOLS = [{"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}]


class Names:
    """A catalog of one name."""

    def resolve(self, name: str, like: Any) -> Any:
        if name != "chat" or like is not CHAT:
            raise ModelNotFound(f"there is no model '{name}'", param="model")
        return like


def door(writer: Writer) -> TestClient:
    app = Litestar(
        [chat],
        dependencies={
            "caller": Provide(lambda: writer, sync_to_thread=False),
            "catalog": Provide(Names, sync_to_thread=False),
        },
        exception_handlers={TritoneError: on_error, Exception: on_error},
        logging_config=None,
    )
    return TestClient(app, raise_server_exceptions=False)


def ask(writer: Writer | None = None, /, **body: Any) -> Any:
    with door(writer or Writer()) as client:
        sent = {"model": "chat", "messages": ASK, **body}
        return client.post("/v1/chat/completions", json=sent)


def asked(**body: Any) -> LlmRequest:
    """What the model is asked for such a body."""
    writer = Writer()
    found = ask(writer, **body)
    assert found.status_code == 200, found.text
    return writer.asked[0]


def whole(found: Any) -> ChatCompletion:
    """An answer as the SDK reads it, strictly."""
    assert found.status_code == 200, found.text
    return ChatCompletion.model_validate(found.json(), strict=True)


def chunks(found: Any) -> list[dict[str, Any]]:
    """The events of a stream, each as the SDK reads it, before `[DONE]`."""
    assert found.status_code == 200, found.text
    assert found.headers["content-type"].startswith("text/event-stream"), found.headers
    events = found.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""], found.text
    read = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    for chunk in read:
        ChatCompletionChunk.model_validate(chunk, strict=True)
    return read


def refused(found: Any) -> tuple[int, str, str | None]:
    error = found.json()["error"]
    return found.status_code, error["code"], error["param"]
