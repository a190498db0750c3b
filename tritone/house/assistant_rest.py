"""Home Assistant's REST interface: a state of now, and actions.

https://developers.home-assistant.io/docs/api/rest
"""

import contextlib
import re
from collections.abc import Mapping
from typing import Any, Final

import httpx
import msgspec

from tritone.errors import HouseUnreachable, InvalidInput, NotFound, Unsupported
from tritone.house.assistant_failures import failed, refused, strange, unanswered
from tritone.house.assistant_registry import State
from tritone.house.port import Order

__all__ = ["Rest"]

_TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
"""Seconds; an action answers when it is done, some covers take their time."""
_ENTITY_ID: Final = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")


class Rest:
    """A client.

    Every call raises `HouseUnreachable` where Home Assistant does not answer, does not take the
    token, or fails.

    Args:
        url: ``http://host:8123``.
        token: a long-lived access token.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/api/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT,
        )

    async def state(self, entity_id: str) -> State:
        """The state of one entity at this moment. Raises NotFound."""
        if _ENTITY_ID.fullmatch(entity_id) is None:  # it becomes a part of an address
            raise NotFound(f"{entity_id!r} is no entity of Home Assistant")
        response = await self._send("GET", f"states/{entity_id}")
        if response.status_code == httpx.codes.NOT_FOUND:
            raise NotFound(f"there is no {entity_id} in Home Assistant")
        row = self._json(response)
        try:
            return State(state=str(row["state"]), attributes=dict(row.get("attributes", {})))
        except (LookupError, TypeError, ValueError, AttributeError):
            raise HouseUnreachable(strange(self._url)) from None

    async def perform(self, order: Order) -> None:
        """Does it. Raises InvalidInput or Unsupported."""
        domain, _, name = order.action.partition(".")
        body = {key: _value(text) for key, text in order.params.items()}
        response = await self._send(
            "POST", f"services/{domain}/{name}", {**body, "entity_id": order.entity_id}
        )
        if response.status_code == httpx.codes.BAD_REQUEST:
            # It says no more than that, whether the action or a parameter is wrong.
            if await self._has(domain, name):
                given = ", ".join(f"{key}={value}" for key, value in order.params.items())
                raise InvalidInput(f"{order.action} does not take {given or 'this'}")
            raise Unsupported(f"Home Assistant at {self._url} has no action {order.action}")
        self._json(response)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def _has(self, domain: str, name: str) -> bool:
        rows = self._json(await self._send("GET", "services"))
        try:
            return any(row["domain"] == domain and name in row["services"] for row in rows)
        except (LookupError, TypeError):
            raise HouseUnreachable(strange(self._url)) from None

    async def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        try:
            response = await self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise HouseUnreachable(unanswered(self._url, error)) from None
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise HouseUnreachable(refused(self._url))
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise HouseUnreachable(failed(self._url, response.status_code))
        return response

    def _json(self, response: httpx.Response) -> Any:
        if response.is_success:
            with contextlib.suppress(ValueError):
                return response.json()
        raise HouseUnreachable(strange(self._url))


def _value(text: str) -> Any:
    """A parameter as JSON has it: numbers, lists and truths; all else is the text itself."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
    return found if isinstance(found, int | float | list) else text
