"""What Home Assistant's REST interface answers, and whatever else may answer in its place."""

import pytest
from aiohttp import web

from tests.nats.server_kit import free_ports
from tests.unit.house.assistant_kit import Wire, answering
from tritone.errors import HouseUnreachable, InvalidInput, Unsupported
from tritone.house.assistant_rest import Rest
from tritone.house.port import Order

pytestmark = pytest.mark.unit
ON = Order(action="light.turn_on", entity_id="light.kitchen", params={"brightness_pct": "50"})


class Answers:
    """A home that answers as it is told.

    Attributes:
        bodies: of the requests that came, by path.
    """

    def __init__(self, **answers: web.Response):
        self.bodies: dict[str, object] = {}
        self._answers = answers

    async def __call__(self, request: web.Request) -> web.Response:
        part = request.path.split("/")[2]
        self.bodies[request.path] = await request.json() if request.can_read_body else None
        return self._answers[part if request.method == "GET" else "action"]

    async def answered(self, request: web.Request) -> web.Response:
        """One request."""
        return await self(request)


def at(answers: Answers):
    """It, listening."""
    return answering(Wire().connected, answers.answered)


async def fails(answers: Answers, error: type[Exception], match: str) -> None:
    """Reading a state, or acting where that is what is answered, fails so."""
    async with at(answers) as url:
        rest = Rest(url, "token")
        try:
            with pytest.raises(error, match=match) as caught:
                await (rest.perform(ON) if "action" in answers._answers else rest.state("light.a"))
            assert "\n" not in str(caught.value)
        finally:
            await rest.aclose()


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("50", 50),
        ("21.5", 21.5),
        ("[255, 0, 0]", [255, 0, 0]),
        ("true", True),
        ("red", "red"),
        ("null", "null"),
        ('{"a": 1}', '{"a": 1}'),
        ('"quoted"', '"quoted"'),
        ("[" * 100_000, "[" * 100_000),
    ],
    ids=range(9),
)
async def test_parameters_are_sent_as_what_they_are(text, sent):
    """Numbers, truths and lists go as such, all else as the text it is."""
    answers = Answers(action=web.json_response([]))
    async with at(answers) as url:
        rest = Rest(url, "token")
        await rest.perform(
            Order(action="light.turn_on", entity_id="light.kitchen", params={"x": text})
        )
        await rest.aclose()
    assert answers.bodies["/api/services/light/turn_on"] == {
        "x": sent,
        "entity_id": "light.kitchen",
    }


async def test_a_bad_request_is_looked_into():
    """Home Assistant does not say what is wrong: whether it has the action tells the two apart."""
    known = [{"domain": "light", "services": {"turn_on": {}}}]
    bad = web.Response(status=400)
    await fails(
        Answers(action=bad, services=web.json_response(known)),
        InvalidInput,
        "does not take brightness_pct=50",
    )
    bad = web.Response(status=400)
    await fails(
        Answers(action=bad, services=web.json_response([])), Unsupported, "no action light.turn_on"
    )


@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_is_not_taken_is_told(status):
    """Both of HTTP's ways to say so."""
    refusal = web.Response(status=status)
    await fails(Answers(states=refusal), HouseUnreachable, "does not take the token")


async def test_a_home_that_fails_is_told():
    """A defect of Home Assistant's is one, whatever it writes about it."""
    failure = web.Response(status=500, text="Traceback ...")
    await fails(Answers(action=failure), HouseUnreachable, "failed with status 500")


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "<h1>It works!</h1>"},
        {"text": "[]"},
        {"text": "null"},
        {"text": "{}"},
        {"text": '{"state": "on", "attributes": 5}'},
        {"status": 302, "headers": {"Location": "/login"}},
        {"status": 418},
    ],
    ids=range(7),
)
async def test_what_is_no_home_assistant_is_told(answer):
    """A page, a redirection, or JSON of another form."""
    await fails(Answers(states=web.Response(**answer)), HouseUnreachable, "is no Home Assistant")


async def test_nobody_there_is_told():
    """An address where nobody listens is named with its setting."""
    (port,) = free_ports(1)
    rest = Rest(f"http://127.0.0.1:{port}", "token")
    with pytest.raises(HouseUnreachable, match=r"\(TRITONE_HOUSE__URL\) does not answer: \w+"):
        await rest.state("light.a")
    await rest.aclose()
