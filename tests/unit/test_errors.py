"""The error tree: codes are stable, and every error survives the way through Triton."""

import pytest

from tritone import errors
from tritone.errors import InvalidInput, TritoneError, from_wire

pytestmark = pytest.mark.unit


def tree(root=TritoneError):
    """Every class of the tree."""
    return [root, *(leaf for child in root.__subclasses__() for leaf in tree(child))]


def test_the_tree_is_exported_and_drawn():
    """Each class is in __all__ and in the drawing at the top of the module."""
    for error in tree():
        assert error.__name__ in errors.__all__
        assert error.__name__ in errors.__doc__


def test_codes_are_unique():
    """Two classes never share a code, apart from the root, whose code is that of Internal."""
    codes = [error.code for error in tree() if error is not TritoneError]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("error", tree()[1:], ids=lambda error: error.code)
def test_an_error_survives_the_wire(error):
    """Reading what was written answers the same class and message, with or without a prefix."""
    sent = error("something: went\nwrong")
    for text in (sent.to_wire(), f"in ensemble 'x', {sent.to_wire()}"):
        got = from_wire(text)
        assert type(got) is error
        assert got.message == "something: went\nwrong"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("unexpected shape for input 'audio' for model 'stt'. Expected [-1,-1], got [3]",
         "SHAPE_MISMATCH"),
        ("inference input 'audio' data-type is 'INT16', but model 'stt' expects 'FP32'",
         "TYPE_MISMATCH"),
        ("inference request batch-size must be <= 8 for 'stt'", "SHAPE_MISMATCH"),
        ("input 'audio' batch size does not match other inputs for 'stt'", "SHAPE_MISMATCH"),
        ("unexpected inference input 'foo' for model 'stt'", "INVALID_INPUT"),
        ("inference request to model 'vad' must specify the START flag on the first request",
         "INVALID_INPUT"),
        ("inference request to model 'vad' must specify a non-zero or non-empty correlation ID",
         "INVALID_INPUT"),
        ("ModelInfer RPC doesn't support models with decoupled transaction policy",
         "INVALID_INPUT"),
        ("errors resolving nowhere:8001", "SERVER_UNREACHABLE"),
        ("Exceeds maximum queue size", "OVERLOADED"),
        ("Request timeout expired", "DEADLINE_EXCEEDED"),
        ("Stub process 'llm_0_0' is not healthy.", "ENGINE_DIED"),
        ("Request for unknown model: 'x' is not found", "MODEL_NOT_READY"),
        ("Locally cancelled by application!", "CANCELLED"),
        ("who knows", "INTERNAL"),
        ("", "INTERNAL"),
    ],
)  # fmt: skip
def test_tritons_own_refusals_have_our_codes(text, code):
    """What Triton refuses before a model sees it gets a code of ours."""
    assert from_wire(text).code == code


def test_invalid_input_is_told_from_our_own_faults():
    """Everything the caller can mend is an InvalidInput, nothing else is."""
    assert isinstance(from_wire("TEXT_EMPTY: nothing"), InvalidInput)
    assert not isinstance(from_wire("INTERNAL: oops"), InvalidInput)
