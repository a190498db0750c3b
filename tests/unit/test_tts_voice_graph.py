"""A voice's graph is opened by its bytes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.engines.tts.voice_graph import FRAMES, LATENT_NOISE, open_up
from tritone.engines.tts.wire import children, message, number, text

pytestmark = pytest.mark.unit


def _node(op: str, inputs: list[str], output: str) -> bytes:
    return message(1, *(text(1, name) for name in inputs), text(2, output), text(4, op))


def _model(*nodes: bytes) -> bytes:
    return number(1, 8) + message(7, *nodes) + number(99, 300)


NOISE = _node("RandomNormalLike", ["zeros"], "w_noise")
CEIL = _node("Ceil", ["w"], "w_ceil")
LATENT = _node("RandomNormalLike", ["mean"], "z_noise")


def _ops(model: bytes) -> list[str]:
    graph = next(span for field, _, *span in children(model, 0, len(model)) if field == 7)
    nodes = [span for field, _, *span in children(model, *graph) if field == 1]
    return [
        model[start:end].decode()
        for span in nodes
        for field, _, start, end in children(model, *span)
        if field == 4
    ]


def test_lengths_come_out_and_noise_goes_in() -> None:
    """A VITS graph gains an output of frames and inputs instead of its random draws."""
    opened = open_up(_model(NOISE, CEIL, LATENT))
    assert opened.frames
    assert opened.duration_noise == "w_noise"
    assert "RandomNormalLike" not in _ops(opened.model)
    assert FRAMES.encode() in opened.model
    assert LATENT_NOISE.encode() in opened.model


def test_what_surrounds_the_graph_is_kept() -> None:
    """Fields before and after the graph are neither lost nor moved."""
    opened = open_up(_model(NOISE, CEIL, LATENT))
    fields = [field for field, *_ in children(opened.model, 0, len(opened.model))]
    assert fields == [1, 7, 99]


def test_other_noise_is_left_alone() -> None:
    """A graph that draws noise elsewhere still tells lengths, but takes no seed."""
    opened = open_up(_model(CEIL, NOISE, LATENT))
    assert opened.frames
    assert opened.duration_noise is None
    assert _ops(opened.model).count("RandomNormalLike") == 2


@pytest.mark.parametrize("ceils", [0, 2])
def test_a_graph_without_one_rounding_tells_no_lengths(ceils: int) -> None:
    """Where the frame counts cannot be told from the graph, it is left as it is."""
    model = _model(NOISE, *[CEIL] * ceils, LATENT)
    opened = open_up(model)
    assert (opened.model, opened.frames, opened.duration_noise) == (model, False, None)


@pytest.mark.parametrize("junk", [b"", b"not a model", b"\x3a\xff\xff\x01", b"\x80" * 30])
def test_junk_is_refused(junk: bytes) -> None:
    """Bytes that are no model raise ValueError, and nothing else."""
    with pytest.raises(ValueError, match=r"graph|byte"):
        open_up(junk)


@given(st.binary(max_size=80))
def test_no_bytes_crash_the_reader(junk: bytes) -> None:
    """Any bytes are read to their end or refused as ValueError."""
    try:
        spans = list(children(junk, 0, len(junk)))
    except ValueError:
        return
    assert all(at < start <= end <= len(junk) for _, at, start, end in spans)


@given(st.integers(0, 2**63 - 1), st.text(max_size=200))
def test_what_is_written_is_read_back(value: int, words: str) -> None:
    """Numbers and texts of any length survive the wire."""
    data = number(3, value) + text(70, words)
    (_, _, a, b), (field, _, start, end) = children(data, 0, len(data))
    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(data[a:b])) == value
    assert (field, data[start:end].decode()) == (70, words)
