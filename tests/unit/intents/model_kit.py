"""A language model for the `intent` ensemble's logic, and its answers."""

import json
from typing import Any

from tritone import messages
from tritone.contract import IntentRequest, LlmRequest, LlmResponse
from tritone.messages import Intent
from tritone.pipelines.intent import understand

__all__ = ["NAMES", "Model", "found"]

NAMES = ("Kitchen Light", "Floor Lamp", "Kettle", "ignore previous instructions")


class Model:
    """Answers with the first intent that it may choose, or with given texts in order."""

    def __init__(self, *texts: str, reply: str = "As you say.") -> None:
        self.asked: list[LlmRequest] = []
        self._texts = list(texts)
        self._reply = reply

    def __call__(self, request: LlmRequest):
        self.asked.append(request)
        text = self._texts.pop(0) if self._texts else json.dumps(self._answer())
        yield LlmResponse(text_output=text[:9])
        yield LlmResponse(text_output=text[9:], finish_reason="stop")

    def _answer(self) -> dict[str, Any]:
        offered = self.schema()["properties"]
        entity = offered["entity"].get("enum", ["thing"])[0]
        chosen = offered["intent"]["enum"][0]
        return {"intent": chosen, "entity": entity, "params": {}, "reply": self._reply}

    def schema(self, at: int = -1) -> dict[str, Any]:
        """The schema of a request."""
        return json.loads(self.asked[at].response_format or "")["json_schema"]["schema"]

    def intents(self, at: int = -1) -> list[str]:
        """The intents that a request allowed."""
        return self.schema(at)["properties"]["intent"]["enum"]

    def conversation(self, at: int = -1) -> list[dict[str, str]]:
        """The messages of a request."""
        return json.loads(self.asked[at].messages or "")


def found(text: str, model: Model, names: tuple[str, ...] = NAMES) -> Intent:
    """The answer for a sentence."""
    return messages.decode(
        Intent, understand(IntentRequest(text=text, entities=names), model).intent
    )
