"""Opens up a Piper voice's ONNX graph: phoneme lengths come out, noise goes in.

A Piper voice is VITS [1]. Its exported graph hides two things we need:

* **How long each phoneme is.** The duration predictor rounds its frame counts up in the graph's
  one `Ceil` node; naming that tensor as a graph output is all it takes.
* **Its randomness.** Two `RandomNormalLike` nodes draw the noise of the durations (before the
  `Ceil`) and of the latent speech (after it). onnxruntime cannot seed them for one call, so the
  same request would sound different each time. Both draws are replaced by inputs. The latent's
  length is known only inside the graph, so its input is a tape of any length that is repeated.

Only the graph's bytes are touched, before onnxruntime parses them; weights are neither changed
nor copied one by one. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

[1] Kim, Kong and Son, "Conditional Variational Autoencoder with Adversarial Learning for
    End-to-End Text-to-Speech", ICML 2021, https://arxiv.org/abs/2106.06103
"""

from dataclasses import dataclass

from tritone.engines.tts.wire import children, message, number, text

__all__ = ["FRAMES", "LATENT", "LATENT_NOISE", "OpenedVoice", "open_up"]

FRAMES = "tritone.frames"
"""Output, FP32 ``[B, 1, T]``: frames of each phoneme id."""
LATENT = "tritone.latent"
"""Output, FP32 ``[B, C, F]``: the latent's mean; read once, to learn the channels C."""
LATENT_NOISE = "tritone.latent_noise"
"""Input, FP32 ``[1, C, N]``: standard normal noise of the latent, repeated every N frames."""

_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _NODE_OP, _NODE_ATTRIBUTE = 1, 2, 3, 4, 5
_FLOAT, _INT64, _ATTRIBUTE_INT = 1, 7, 2


@dataclass(frozen=True, slots=True)
class OpenedVoice:
    """A voice's model bytes, and which of the names above it has now.

    `duration_noise` is the input, FP32 ``[B, 2, T]``, of the durations' noise; None where the
    voice's noise could not be replaced.
    """

    model: bytes
    frames: bool
    duration_noise: str | None


@dataclass(frozen=True, slots=True)
class _Node:
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    start: int
    end: int


def open_up(model: bytes) -> OpenedVoice:
    """Rewrites `model`, the bytes of a Piper voice.

    A graph that is not as expected (no single `Ceil`, other draws of noise) is left as it is in
    that respect, and the result says so.

    Raises:
        ValueError: the bytes are not an ONNX model.
    """
    graphs = [(at, *span) for field, at, *span in children(model, 0, len(model)) if field == 7]
    if len(graphs) != 1:
        raise ValueError("the file is not an ONNX model: it holds no graph")
    start, begin, end = graphs[0]
    nodes = [
        _read_node(model, at, *span)
        for field, at, *span in children(model, begin, end)
        if field == _GRAPH_NODE
    ]
    ceils = [node for node in nodes if node.op == "Ceil"]
    if len(ceils) != 1:
        return OpenedVoice(model, frames=False, duration_noise=None)
    ceil = ceils[0]
    extra = [_identity(ceil.outputs[0], FRAMES), _declare(_GRAPH_OUTPUT, FRAMES, 3)]
    draws = [node for node in nodes if node.op == "RandomNormalLike"]
    pieces: list[bytes] = []
    duration_noise = None
    done = begin
    if len(draws) == 2 and draws[0].start < ceil.start < draws[1].start:
        durations, latent = draws
        duration_noise = durations.outputs[0]
        pieces = [
            model[begin : durations.start],
            model[durations.end : latent.start],
            _repeat_tape(latent.inputs[0], latent.outputs[0]),
        ]
        done = latent.end
        extra += [
            _declare(_GRAPH_INPUT, duration_noise, 3),
            _declare(_GRAPH_INPUT, LATENT_NOISE, 3),
            _identity(latent.inputs[0], LATENT),
            _declare(_GRAPH_OUTPUT, LATENT, 3),
        ]
    graph = message(_MODEL_GRAPH, *pieces, model[done:end], *extra)
    return OpenedVoice(model[:start] + graph + model[end:], True, duration_noise)


def _read_node(model: bytes, at: int, begin: int, end: int) -> _Node:
    texts: dict[int, list[str]] = {_NODE_INPUT: [], _NODE_OUTPUT: [], _NODE_OP: []}
    for field, _, start, stop in children(model, begin, end):
        if field in texts:
            texts[field].append(model[start:stop].decode())
    return _Node(
        "".join(texts[_NODE_OP]), tuple(texts[_NODE_INPUT]), tuple(texts[_NODE_OUTPUT]), at, end
    )


def _repeat_tape(like: str, out: str) -> bytes:
    """Nodes that set `out` to the noise tape repeated to the length of `like`'s last axis."""
    n = "tritone.tape"
    return b"".join(
        [
            _scalar(f"{n}.zero", 0),
            _scalar(f"{n}.one", 1),
            _scalar(f"{n}.axis", 2),
            _node("Shape", [like], f"{n}.shape"),
            _node("Gather", [f"{n}.shape", f"{n}.axis"], f"{n}.frames"),
            _node("Range", [f"{n}.zero", f"{n}.frames", f"{n}.one"], f"{n}.range"),
            _node("Shape", [LATENT_NOISE], f"{n}.own_shape"),
            _node("Gather", [f"{n}.own_shape", f"{n}.axis"], f"{n}.length"),
            _node("Mod", [f"{n}.range", f"{n}.length"], f"{n}.at"),
            _node("Gather", [LATENT_NOISE, f"{n}.at"], out, axis=2),
        ]
    )


def _identity(source: str, name: str) -> bytes:
    return _node("Identity", [source], name)


def _node(op: str, inputs: list[str], output: str, axis: int | None = None) -> bytes:
    attribute = b""
    if axis is not None:
        attribute = message(
            _NODE_ATTRIBUTE, text(1, "axis"), number(3, axis), number(20, _ATTRIBUTE_INT)
        )
    return message(
        _GRAPH_NODE,
        *(text(_NODE_INPUT, name) for name in inputs),
        text(_NODE_OUTPUT, output),
        text(_NODE_NAME, f"tritone.{op}.{output}"),
        text(_NODE_OP, op),
        attribute,
    )


def _scalar(name: str, value: int) -> bytes:
    """A constant int64 without dimensions."""
    raw = value.to_bytes(8, "little")
    return message(_GRAPH_INITIALIZER, number(2, _INT64), text(8, name), message(9, raw))


def _declare(field: int, name: str, rank: int) -> bytes:
    """An FP32 graph input or output whose dimensions are all free."""
    free = b"".join(message(1, text(2, f"{name}.{axis}")) for axis in range(rank))
    tensor = message(1, number(1, _FLOAT), message(2, free))
    return message(field, text(1, name), message(2, tensor))
