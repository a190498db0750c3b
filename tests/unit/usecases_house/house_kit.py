"""Doubles at the ports of the house use case: a home in memory, a model with a script, a list."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tritone import messages
from tritone.contract import IntentRequest, IntentResponse
from tritone.errors import HouseUnreachable, NotFound
from tritone.house.port import Order
from tritone.intents.entities import Entity
from tritone.usecases.house.audit import AuditRecord

__all__ = ["Kept", "MemoryHouse", "Thinker", "house_entities", "intent", "until"]

HOUSE = Path(__file__).parents[3] / "perf" / "intents" / "house.yaml"
_COLOURS = {"red": [255, 0, 0], "green": [0, 128, 0], "blue": [0, 0, 255]}


def house_entities() -> list[Entity]:
    """The things of perf/intents/house.yaml."""
    return msgspec.convert(yaml.safe_load(HOUSE.read_text()), list[Entity])


def intent(name: str = "none", entity: str = "", reply: str = "", **more: Any) -> str:
    """What the `intent` ensemble answers; `params` and `also` as they are given."""
    fields = {"intent": name, "entity": entity, "params": {}, "reply": reply}
    return messages.encode(fields | more)


async def until(true: Callable[[], object]) -> None:
    """Waits for a state that nobody tells of."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - any state, of any object
            await asyncio.sleep(0)


class MemoryHouse:
    """A home that does what it is told, a little as Home Assistant does.

    Attributes:
        things: by id; a test changes them at will.
        down: it does not answer at all.
        down_for: orders for these, and looks at them, are not answered.
        deaf: what takes orders and does nothing.
        refuses: what an order for an entity is refused with.
        lag: seconds from an order to its effect.
        gate: where set, an order waits for it before anything happens.
        ordered: every order that came, also those that failed.
        looks: the entity of each look, in order.
    """

    def __init__(self, entities: Sequence[Entity] | None = None) -> None:
        chosen = house_entities() if entities is None else entities
        self.things = {entity.entity_id: entity for entity in chosen}
        self.down = False
        self.down_for: set[str] = set()
        self.deaf: set[str] = set()
        self.refuses: dict[str, Exception] = {}
        self.lag = 0.0
        self.gate: asyncio.Event | None = None
        self.ordered: list[Order] = []
        self.looks: list[str] = []
        self.listed = 0

    def set(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Gives a thing another state, and other attributes besides those it has."""
        thing = self.things[entity_id]
        merged = {**thing.attributes, **attributes}
        self.things[entity_id] = msgspec.structs.replace(thing, state=state, attributes=merged)

    async def entities(self) -> Sequence[Entity]:
        """All of them."""
        self._answer("")
        self.listed += 1
        return list(self.things.values())

    async def entity(self, entity_id: str) -> Entity:
        """One."""
        self.looks.append(entity_id)
        self._answer(entity_id)
        return self.things[entity_id]

    async def perform(self, order: Order) -> None:
        """Takes the order at once; it shows after `lag` seconds."""
        self.ordered.append(order)
        if self.gate is not None:
            await self.gate.wait()
        self._answer(order.entity_id)
        if order.entity_id in self.refuses:
            raise self.refuses[order.entity_id]
        if order.entity_id not in self.deaf:
            asyncio.get_running_loop().call_later(self.lag, self._do, order)
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        """Nothing to end."""

    def _answer(self, entity_id: str) -> None:
        if self.down or entity_id in self.down_for:
            raise HouseUnreachable("the house in memory is down")
        if entity_id and entity_id not in self.things:
            raise NotFound(f"there is no '{entity_id}'")

    def _do(self, order: Order) -> None:
        domain, _, action = order.action.partition(".")
        params = order.params
        if domain == "scene":
            self.set(order.entity_id, dt.datetime.now(dt.UTC).isoformat())
        elif action == "turn_on" and domain == "light":
            self.set(order.entity_id, "on", **self._light(order))
        elif action in {"turn_on", "turn_off"}:
            self.set(order.entity_id, action.removeprefix("turn_"))
        elif action == "set_temperature":
            state = self.things[order.entity_id].state
            self.set(order.entity_id, state, temperature=float(params["temperature"]))
        else:
            position = {"open_cover": "100", "close_cover": "0"}.get(action)
            to = round(float(position or params["position"]))
            self.set(order.entity_id, "open" if to else "closed", current_position=to)

    def _light(self, order: Order) -> dict[str, Any]:
        found: dict[str, Any] = {}
        before = self.things[order.entity_id].attributes
        if before.get("supported_color_modes") == ["onoff"]:
            return found
        percent = order.params.get("brightness_pct")
        found["brightness"] = before.get("brightness") or 255
        if percent is not None:
            found["brightness"] = int(float(percent) * 255 / 100 + 0.5)
        if "color_name" in order.params:
            found["rgb_color"] = _COLOURS.get(order.params["color_name"], [128, 0, 128])
            found["color_mode"] = "hs"
        return found


class Thinker:
    """A `Caller` whose `intent` ensemble answers what a test says.

    Attributes:
        answers: what is answered to a sentence: JSON, or an error; `otherwise` to all others.
        gate: where set, an answer waits for it.
        asked: every request that came; `timeouts` and `ids` what came with it.
        open: answers that are being waited for.
    """

    def __init__(self, answers: dict[str, str | Exception] | None = None) -> None:
        self.answers = answers or {}
        self.otherwise: str | Exception = intent(reply="Nice to hear from you.")
        self.gate: asyncio.Event | None = None
        self.asked: list[IntentRequest] = []
        self.timeouts: list[float | None] = []
        self.ids: list[str] = []
        self.open = 0

    async def stream(
        self,
        model: Any,
        request: Any,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the port's
        request_id: str = "",
    ) -> AsyncGenerator[Any, None]:
        """One answer."""
        assert model.name == "intent"
        self.asked.append(request)
        self.timeouts.append(timeout)
        self.ids.append(request_id)
        self.open += 1
        try:
            await asyncio.sleep(0)
            if self.gate is not None:
                await self.gate.wait()
            answer = self.answers.get(request.text, self.otherwise)
            if isinstance(answer, Exception):
                raise answer
            yield IntentResponse(intent=answer)
        finally:
            self.open -= 1

    async def infer(self, *_: Any, **__: Any) -> Any:
        """No model that is not decoupled is asked."""
        raise AssertionError("the intent ensemble is streamed")

    def pinned(self, model: Any) -> Any:
        """No sequence model is asked."""
        raise AssertionError("no sequence is needed")


class Kept(list[AuditRecord]):
    """An audit that remembers."""

    async def write(self, record: AuditRecord) -> None:
        """Keeps it."""
        self.append(record)
