"""Who may come in: keys, scopes and limits, through a real application."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.edge.protection_kit import Guarded, keep
from tritone.access import keys
from tritone.settings import Lane

pytestmark = pytest.mark.unit


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def door(tmp_path: Path, *made: keys.Key, **options: Any) -> Guarded:
    keep(tmp_path / "keys.json", *made)
    return Guarded(path=tmp_path / "keys.json", **options)


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


async def test_a_right_key_comes_in(tmp_path: Path) -> None:
    """The handler learns its id, its lane and how long it waited; the body arrives whole."""
    key, text = keys.create("ada", ["chat"])
    guarded = door(tmp_path, key)
    async with guarded.client(text) as client:
        answer = await client.post("/chat", content=b"x" * 100_000)
    assert (answer.status_code, answer.text) == (200, "said")
    assert guarded.bodies == [b"x" * 100_000]
    (state,) = guarded.states
    assert (state["key_id"], state["lane"]) == (key.id, "chat")
    assert state["queue_seconds"] >= 0


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer sk-123", "Basic dTpw", "Bearer {id}", "{text}"],
)
async def test_a_wrong_key_never_reaches_the_handler(tmp_path: Path, header: str | None) -> None:
    """401 in OpenAI's shape, `WWW-Authenticate`, no body read, no place taken."""
    key, text = keys.create("ada")
    guarded = door(tmp_path, key)
    headers = {} if header is None else {"authorization": header.format(id=key.id, text=text)}

    async def body() -> Any:
        raise AssertionError("the body was read")
        yield b""

    async with guarded.client() as client:
        answer = await client.post("/chat", content=body(), headers=headers)
    assert (answer.status_code, code(answer)) == (401, "invalid_api_key")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.reached == []
    assert guarded.admission.figures()["chat"].admitted == 0


async def test_another_keys_secret_is_wrong(tmp_path: Path) -> None:
    """The right id does not help."""
    (ada, _), (bob, bob_text) = keys.create("ada"), keys.create("bob")
    guarded = door(tmp_path, ada, bob)
    crossed = f"tt-{ada.id}-{keys.split(bob_text)[1]}"
    async with guarded.client(crossed) as client:
        assert (await client.post("/chat")).status_code == 401
    assert guarded.reached == []


async def test_a_key_for_something_else(tmp_path: Path) -> None:
    """403, which says what the key is good for and what is needed."""
    key, text = keys.create("ada", ["speech", "models"])
    guarded = door(tmp_path, key)
    async with guarded.client(text) as client:
        answer = await client.post("/chat")
        assert (answer.status_code, code(answer)) == (403, "permission_denied")
        assert "speech, models, not for chat" in answer.json()["error"]["message"]
        assert (await client.get("/models")).status_code == 200
    assert guarded.reached == ["/models"]


async def test_what_has_no_scope_is_open(tmp_path: Path) -> None:
    """Health needs no key; a path that is not there is 404, not 401."""
    guarded = door(tmp_path)
    async with guarded.client() as client:
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/nothing")).status_code == 404


async def test_without_a_file_nobody_needs_a_key() -> None:
    """A key that a client sends all the same (OpenAI's always do) is not looked at."""
    guarded = Guarded()
    for text in ("", "sk-anything"):
        async with guarded.client(text) as client:
            answer = await client.post("/chat")
            assert answer.status_code == 200
            assert "x-ratelimit-limit-requests" not in answer.headers
    assert [state["key_id"] for state in guarded.states] == ["anonymous"] * 2


async def test_a_refusal_can_be_read_by_a_browser(tmp_path: Path) -> None:
    """It has the headers of CORS, like any answer."""
    guarded = door(tmp_path)
    async with guarded.client() as client:
        answer = await client.post("/chat", headers={"origin": "https://a.example"})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "https://a.example"


async def test_eight_keys_are_held_to_their_limits(tmp_path: Path) -> None:
    """Each to its own, all at once, and again in the next minute."""
    clock = Clock()
    made = {rpm: keys.create(f"key of {rpm}", requests_per_minute=rpm) for rpm in range(1, 9)}
    guarded = door(tmp_path, *(key for key, _ in made.values()), clock=clock, queue_seconds=60.0)

    async def accepted(rpm: int) -> int:
        async with guarded.client(made[rpm][1]) as client:
            statuses = [(await client.get("/models")).status_code for _ in range(12)]
        assert set(statuses) <= {200, 429}
        return statuses.count(200)

    for _ in range(2):
        found = await asyncio.gather(*(accepted(rpm) for rpm in made))
        assert dict(zip(made, found, strict=True)) == {rpm: rpm for rpm in made}
        clock.now += 60.0


async def test_what_is_left_is_told_as_openai_does(tmp_path: Path) -> None:
    """In headers, those of the refusal too, which says when to come again."""
    clock = Clock()
    key, text = keys.create("ada", requests_per_minute=2)
    guarded = door(tmp_path, key, clock=clock)
    async with guarded.client(text) as client:
        seen = []
        for seconds in (0.0, 12.5, 5.0):
            clock.now += seconds
            answer = await client.get("/models")
            seen.append(
                [answer.status_code]
                + [
                    answer.headers[f"x-ratelimit-{name}-requests"]
                    for name in ("limit", "remaining", "reset")
                ]
            )
    assert seen == [[200, "2", "1", "1m0s"], [200, "2", "0", "1m0s"], [429, "2", "0", "55s"]]
    assert code(answer) == "rate_limit_exceeded"
    assert answer.headers["retry-after"] == "43"  # 42.5 s, in whole seconds, not too early
    assert guarded.reached == ["/models"] * 2


async def test_requests_at_once(tmp_path: Path) -> None:
    """The third of two is refused at once, and passes when one has ended."""
    key, text = keys.create("ada", concurrency=2)
    guarded = door(tmp_path, key, lane=Lane(running=10, waiting=10))
    async with guarded.client(text) as client:
        running = [asyncio.create_task(client.post("/slow")) for _ in range(2)]
        await guarded.until(lambda: len(guarded.ends) == 2)
        refused = await client.post("/chat")
        assert (refused.status_code, code(refused)) == (429, "rate_limit_exceeded")
        assert int(refused.headers["retry-after"]) >= 1
        guarded.ends[0].set()
        await running[0]
        assert (await client.post("/chat")).status_code == 200
        guarded.ends[1].set()
        assert (await running[1]).status_code == 200


async def test_a_new_key_opens_a_running_door(tmp_path: Path) -> None:
    """And a revoked one no longer does; within a second and a little."""
    guarded = door(tmp_path)
    key, text = keys.create("ada")
    keep(tmp_path / "keys.json", key)
    async with guarded.client(text) as client, asyncio.timeout(60):
        while (await client.get("/models")).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
