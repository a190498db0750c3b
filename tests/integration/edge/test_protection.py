"""Keys, limits and the queue before a real Triton."""

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.integration.conftest import Platform
from tests.integration.edge.conftest import OpenDoor, open_door
from tests.integration.test_cancel import LONG
from tritone.access import keys
from tritone.access.store import edited

pytestmark = pytest.mark.triton

RATES = range(1, 9)


class Keyed:
    """A door that asks for keys, and one key for each rate; `other` is good for speech only."""

    def __init__(self, door: OpenDoor, texts: dict[int, str], other: str) -> None:
        self.door, self.texts, self.other = door, texts, other

    def client(self, text: str) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {text}"}
        return httpx.AsyncClient(base_url=self.door.api, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def keyed(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    path: Path = tmp_path_factory.mktemp("keys") / "keys.json"
    made = {rpm: keys.create(f"key of {rpm}", requests_per_minute=rpm) for rpm in RATES}
    other, other_text = keys.create("speaker", ["speech"])
    with edited(path) as present:
        present.update({key.id: key for key, _ in [*made.values(), (other, other_text)]})
    texts = {rpm: text for rpm, (_, text) in made.items()}
    with open_door(platform.settings, TRITONE_EDGE__KEYS_FILE=str(path)) as door:
        yield Keyed(door, texts, other_text)


EMBED = {"model": "embedder", "input": "The kettle is ready."}


def asked(platform: Platform) -> int:
    """How often the embedder was asked since Triton started."""
    return int(platform.statistics("embedder")["inference_stats"]["success"]["count"])


async def test_a_wrong_key_never_reaches_triton(keyed: Keyed, platform: Platform) -> None:
    """Nor does none, nor a right one for something else: the model's own count stands still."""
    before = asked(platform)
    wrong = f"tt-{keys.split(keyed.texts[1])[0]}-{keys.split(keyed.other)[1]}"
    statuses = []
    for text in ("nothing", wrong, keyed.other):
        async with keyed.client(text) as client:
            statuses.append((await client.post("/embeddings", json=EMBED)).status_code)
    assert statuses == [401, 401, 403]
    assert asked(platform) == before


async def test_eight_keys_are_held_to_their_limits(keyed: Keyed, platform: Platform) -> None:
    """All at once, and as many requests reach the model as were allowed."""
    before = asked(platform)

    async def accepted(rpm: int) -> int:
        async with keyed.client(keyed.texts[rpm]) as client:
            answers = [await client.post("/embeddings", json=EMBED) for _ in range(rpm + 3)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)
        return sum(answer.status_code == 200 for answer in answers)

    found = await asyncio.gather(*(accepted(rpm) for rpm in RATES))
    assert found == list(RATES)
    assert asked(platform) - before == sum(RATES)


def test_openais_client_knows_the_refusals(keyed: Keyed) -> None:
    """It raises its own exceptions for them."""

    def client(text: str) -> openai.OpenAI:
        return openai.OpenAI(base_url=keyed.door.api, api_key=text, max_retries=0)

    for text, error in (
        ("sk-1", openai.AuthenticationError),
        (keyed.other, openai.PermissionDeniedError),
    ):
        with pytest.raises(error), client(text) as api:
            api.models.list()


@pytest.fixture(scope="module")
def narrow(platform: Platform) -> Iterator[OpenDoor]:
    """A door with one place for chat, and one to wait in."""
    with open_door(
        platform.settings,
        TRITONE_EDGE__LANES=json.dumps({"chat": {"running": 1, "waiting": 1}}),
        TRITONE_EDGE__QUEUE_SECONDS="120",
    ) as door:
        yield door


def chat(tokens: int, **more: Any) -> dict[str, Any]:
    """A request whose answer, always the same, is as long as it may be."""
    messages = [{"role": "user", "content": LONG}]
    return {
        "model": "llm",
        "messages": messages,
        "max_tokens": tokens,
        "temperature": 0,
        **more,
    }


async def lane(client: httpx.AsyncClient, door: OpenDoor, name: str) -> float:
    """A figure of the lane for chat, from the door's metrics."""
    text = (await client.get(f"{door.url}/metrics")).text
    (found,) = (
        line
        for line in text.splitlines()
        if line.startswith(f'tritone_edge_lane_{name}{{lane="chat"}}')
    )
    return float(found.rsplit(" ", 1)[1])


async def until(client: httpx.AsyncClient, door: OpenDoor, name: str, value: float) -> None:
    """Waits until a figure of the lane has this value."""
    deadline = time.monotonic() + 60
    while (found := await lane(client, door, name)) != value:
        assert time.monotonic() < deadline, f"{name} is {found}, not {value}"
        await asyncio.sleep(0.05)


async def test_a_client_that_leaves_the_queue_makes_room(narrow: OpenDoor) -> None:
    """Its place in the queue is free for another, who is served when its turn comes."""
    async with httpx.AsyncClient(base_url=narrow.api, timeout=120) as client:
        async with client.stream("POST", "/chat/completions", json=chat(2000, stream=True)) as one:
            assert one.status_code == 200
            lines = one.aiter_lines()  # kept: its end would close the connection
            await anext(lines)
            waiting = asyncio.create_task(client.post("/chat/completions", json=chat(5)))
            await until(client, narrow, "waiting", 1)
            refused = await client.post("/chat/completions", json=chat(5))
            assert (refused.status_code, refused.json()["error"]["code"]) == (429, "overloaded")
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await waiting
            await until(client, narrow, "waiting", 0)
            third = asyncio.create_task(client.post("/chat/completions", json=chat(5)))
            await until(client, narrow, "waiting", 1)
            assert await lane(client, narrow, "running") == 1
        # The first one has left: its place goes to the third.
        assert (await third).status_code == 200
        await until(client, narrow, "running", 0)


async def test_overload_answers_everybody(narrow: OpenDoor) -> None:
    """Served or told to come back, and the door is as idle afterwards as before."""
    async with httpx.AsyncClient(base_url=narrow.api, timeout=120) as client:
        answers = await asyncio.gather(
            *(client.post("/chat/completions", json=chat(4)) for _ in range(40))
        )
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {200, 429}
        for answer in answers:
            assert answer.status_code == 200 or int(answer.headers["retry-after"]) >= 1
        assert await lane(client, narrow, "running") == 0
        assert (await client.post("/chat/completions", json=chat(4))).status_code == 200
