"""Many texts, one call each: order, bounds, and one error that ends the rest."""

import asyncio

import numpy as np
import pytest

from tritone.contract import EMBEDDER, EmbedRequest, EmbedResponse
from tritone.errors import EngineDied, ParameterOutOfRange, TextEmpty
from tritone.usecases.embedding import AT_ONCE, MOST_TEXTS, embed, width

pytestmark = pytest.mark.unit


class Embedder:
    """A caller whose vectors say which text they are of; `bad` texts fail, `stuck` ones hang."""

    def __init__(self, *, bad=None, stuck=()):
        self.bad, self.stuck = bad or {}, stuck
        self.running = self.most = 0
        self.asked, self.cancelled = [], []
        self.full = asyncio.Event()

    async def infer(self, model, request: EmbedRequest, **_) -> EmbedResponse:
        assert model is EMBEDDER
        self.asked.append(request.text)
        self.running += 1
        self.most = max(self.most, self.running)
        if self.running == AT_ONCE:
            self.full.set()
        try:
            # The later a text was asked for, the sooner it is answered: order is not by chance.
            for _ in range(AT_ONCE - len(self.asked) % AT_ONCE):
                await asyncio.sleep(0)
            if request.text in self.stuck:
                await asyncio.Event().wait()
            if request.text in self.bad:
                raise self.bad[request.text]
            number = float(request.text)
            return EmbedResponse(embedding=np.full(384, number, np.float32), tokens=3)
        except asyncio.CancelledError:
            self.cancelled.append(request.text)
            raise
        finally:
            self.running -= 1


async def test_vectors_come_in_the_order_of_the_texts():
    """Whichever was answered first; tokens are summed."""
    found = await embed(Embedder(), EMBEDDER, [str(n) for n in range(100)])
    assert found.vectors[:, 0].tolist() == list(range(100))
    assert found.vectors.shape == (100, 384)
    assert found.vectors.dtype == np.float32
    assert found.tokens == 300


async def test_texts_are_on_their_way_together_but_not_all():
    """Enough of them for Triton to batch, and never more."""
    caller = Embedder()
    await embed(caller, EMBEDDER, [str(n) for n in range(MOST_TEXTS)])
    assert caller.most == AT_ONCE
    assert len(caller.asked) == MOST_TEXTS


async def test_the_first_error_ends_the_rest():
    """Running calls are cancelled, others never begun, and the error comes as itself."""
    texts = [str(n) for n in range(AT_ONCE * 4)]
    caller = Embedder(bad={"1": EngineDied("gone")}, stuck=texts[2:])
    with pytest.raises(EngineDied, match=r"^gone$"):
        await embed(caller, EMBEDDER, texts)
    assert caller.running == 0
    assert set(caller.cancelled) == set(texts[2:]) & set(caller.asked)
    assert len(caller.asked) <= AT_ONCE + 1


async def test_a_caller_who_leaves_cancels_all_calls():
    """Nothing goes on for nobody."""
    texts = [str(n) for n in range(AT_ONCE)]
    caller = Embedder(stuck=texts)
    task = asyncio.create_task(embed(caller, EMBEDDER, texts))
    await caller.full.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert caller.running == 0
    assert sorted(caller.cancelled) == sorted(texts)


async def test_what_the_model_refuses_names_the_text():
    """The model knows one text only; the caller must learn which."""
    caller = Embedder(bad={"...": TextEmpty("nothing to embed")})
    with pytest.raises(TextEmpty, match=r"^text 2 .*: nothing to embed$") as caught:
        await embed(caller, EMBEDDER, ["0", "1", "..."])
    assert caught.value.param == "input"


@pytest.mark.parametrize("count", [0, MOST_TEXTS + 1])
async def test_the_number_of_texts_is_bounded(count):
    """Before any call; the message has the bound."""
    caller = Embedder()
    with pytest.raises(ParameterOutOfRange, match="1 to 2,048"):
        await embed(caller, EMBEDDER, ["1"] * count)
    assert caller.asked == []


async def test_an_empty_text_is_refused_before_any_call():
    """With its place."""
    caller = Embedder()
    with pytest.raises(TextEmpty, match="text 1 "):
        await embed(caller, EMBEDDER, ["1", " \n"])
    assert caller.asked == []


def test_the_width_is_the_contracts():
    """Which is what `dimensions` may say."""
    assert width(EMBEDDER) == 384
