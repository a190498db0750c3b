"""Late interaction over the real embedder."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tritone.engines.embed.minilm import MiniLm
from tritone.engines.rerank.late_interaction import LateInteraction

pytestmark = pytest.mark.engine

DOCUMENTS = (
    "Paris is the capital and largest city of France.",
    "Berlin is the capital of Germany.",
    "A spider has eight legs.",
    "Insects have six legs and three body parts.",
    "Water boils at 100 degrees Celsius at sea level.",
    "The kettle was left on the stove overnight.",
    "The bank of the river was muddy.",
    "You can open a bank account online with your passport.",
)


@pytest.fixture(scope="module")
def engine(weights: Callable[[str], Path]) -> LateInteraction:
    return LateInteraction(MiniLm(weights("minilm-l6")))


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("capital city of France", 0),
        ("what is the capital of Germany", 1),
        ("how many legs do spiders have", 2),
        ("how many legs does an insect have", 3),
        ("boiling point of water", 4),
        ("opening an account at a bank", 7),
    ],
)
def test_the_answer_comes_first(engine: LateInteraction, query: str, best: int) -> None:
    """The document that answers beats those that only share words or the subject."""
    assert int(np.argmax(engine.score(query, DOCUMENTS).scores)) == best


def test_order_does_not_matter(engine: LateInteraction) -> None:
    """A document's score does not depend on its place or its neighbours."""
    forth = engine.score("legs", DOCUMENTS)
    back = engine.score("legs", DOCUMENTS[::-1])
    np.testing.assert_allclose(forth.scores, back.scores[::-1], atol=1e-4)
    assert forth.tokens == back.tokens
