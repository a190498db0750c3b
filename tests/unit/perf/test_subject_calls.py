"""What subjects of ours ask for, and what they make of the answers; nobody answers but doubles."""

import asyncio
from types import SimpleNamespace

import msgspec
import pytest

from perf.bench.subjects import nats_chat, nats_embedder
from perf.bench.subjects.aiservice import AiService
from perf.bench.subjects.nats_answers import Answers
from perf.bench.subjects.triton_chat import TritonChat
from perf.bench.subjects.triton_intent import TritonIntent
from perf.bench.subjects.triton_llm import TritonLlm
from tests.unit.perf.perf_kit import chat
from tritone import messages
from tritone.contract import IntentResponse, LlmResponse
from tritone.errors import Internal, Overloaded
from tritone.messages import ChatMessage
from tritone.nats.wire import ChatChunk, ChatRequest, Failure, JobAnswer, pack, unpack
from tritone.protos.ai.v1 import ai_pb2

pytestmark = pytest.mark.unit


class Client:
    """Answers each stream with the same responses, and remembers what was asked."""

    def __init__(self, *responses) -> None:
        self.responses = responses
        self.asked: list = []

    async def stream(self, model, request):
        self.asked.append((model.name, request))
        for response in self.responses:
            yield response


def over(kind, client):
    """A subject that is open, over a double."""
    subject = kind()
    subject._client = client
    return subject


def said(client: Client) -> str:
    """The last question that it was asked."""
    return messages.decode(list[ChatMessage], client.asked[-1][1].messages)[-1].content


WRITTEN = (
    LlmResponse(text_output="Tea"),
    LlmResponse(text_output=" is", finish_reason="length", completion_tokens=2),
)


async def test_llm_asks_what_the_item_says():
    """As it stands, and counts the tokens that the engine tells."""
    client = Client(*WRITTEN)
    answer = await over(TritonLlm, client).one(chat("What is tea?", max_tokens=2))
    assert client.asked[0][0] == "llm"
    assert said(client) == "What is tea?"
    assert (answer.units, answer.extra["text"]) == (2.0, "Tea is")


async def test_chat_asks_what_the_engine_has_not_read():
    """Of the model that doors ask; the same item twice is two prompts."""
    client = Client(*WRITTEN)
    subject = over(TritonChat, client)
    asked = set()
    for _ in range(5):
        await subject.one(chat("What is tea?"))
        asked.add(said(client))
    assert client.asked[0][0] == "chat"
    assert len(asked) > 1
    assert all(text.endswith(": What is tea?") for text in asked)


async def test_intent_is_asked_twice_and_the_second_counts():
    """The first puts the prompt into the engine's cache."""
    client = Client(IntentResponse(intent="{}"))
    answer = await over(TritonIntent, client).one(chat("Cheer me up."))
    assert [request.text for _, request in client.asked] == ["Cheer me up."] * 2
    assert answer.extra["text"] == "{}"


class Stub:
    """Answers every query by one way."""

    def __init__(self, path: int) -> None:
        self.path = path
        self.asked: list[str] = []

    async def Query(self, request, **_):  # noqa: N802 - gRPC's name
        self.asked.append(request.text)
        return ai_pb2.QueryResponse(reply="Well.", path=self.path)


async def test_aiservice_is_asked_twice_and_the_second_counts():
    """As the ensemble behind it is."""
    subject = AiService()
    subject._stub = Stub(ai_pb2.PATH_MODEL)
    answer = await subject.one(chat("Cheer me up."))
    assert subject._stub.asked == ["Cheer me up."] * 2
    assert answer.extra["text"] == "Well."


async def test_what_a_template_understands_is_no_answer():
    """It would be compared with the language model."""
    subject = AiService()
    subject._stub = Stub(ai_pb2.PATH_TEMPLATE)
    with pytest.raises(Internal, match="template"):
        await subject.one(chat("Turn on the light."))


class Published(Answers):
    """NATS without a server: `reply` says what answers a request."""

    def __init__(self, reply) -> None:
        super().__init__([])
        self.reply = reply
        self.told: list[str] = []
        self._js = SimpleNamespace(publish=self.publish)

    async def publish(self, _subject, data) -> None:
        for request_id, answer in self.reply(data):
            message = SimpleNamespace(subject=f"some.{request_id}", data=pack(answer))
            await self._came(message)

    async def tell(self, subject) -> None:
        self.told.append(subject)


def pieces(count: int):
    """Answers a chat with so many pieces and its end."""

    def reply(data):
        request_id = unpack(ChatRequest, data).request_id
        piece = ChatChunk(
            request_id=request_id, type="chunk", content="a", done=False, timestamp=0.0, seq=0
        )
        yield from [(request_id, piece)] * count
        yield request_id, msgspec.structs.replace(piece, type="done", content="", done=True)

    return reply


async def test_nats_chat_is_left_after_enough_pieces():
    """And cancelled, so that the engine is free."""
    subject = nats_chat.NatsChat()
    subject._answers = Published(pieces(9))
    answer = await subject.one(chat(max_tokens=3))
    assert answer.units == 3
    assert [subject.rpartition(".")[0] for subject in subject._answers.told] == ["ai.cancel"]


async def test_nats_chat_that_ends_by_itself_is_not_cancelled():
    """There is nothing to stop."""
    subject = nats_chat.NatsChat()
    subject._answers = Published(pieces(2))
    assert (await subject.one(chat(max_tokens=3))).units == 2
    assert not subject._answers.told


async def test_answers_of_others_are_not_mixed_up():
    """Two chats at once get their own pieces."""
    subject = nats_chat.NatsChat()
    subject._answers = Published(pieces(4))
    answers = await asyncio.gather(subject.one(chat()), subject.one(chat()))
    assert [answer.units for answer in answers] == [4, 4]


async def test_refused_job_is_an_error():
    """With the bridge's own code and words."""

    def refuse(data):
        request_id = msgspec.msgpack.decode(data)["request_id"]
        failure = Failure(code="OVERLOADED", message="come back later")
        yield (
            request_id,
            JobAnswer(
                request_id=request_id, user_id="", timestamp=0.0, payload=None, error=failure
            ),
        )

    subject = nats_embedder.NatsEmbedder()
    subject._answers = Published(refuse)
    with pytest.raises(Overloaded, match="come back later"):
        await subject.one(chat())
