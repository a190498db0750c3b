"""How a typed request or response becomes KServe v2 tensors, and back.

A message is a frozen dataclass whose fields are annotated with a `Tensor`: the field's name is
the tensor's name, a field with a default is an optional tensor. Encoding and decoding are
derived from the class, so a tensor's name, dtype and shape are written once, in
`tritone.contract`. Protocol: https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
"""

import dataclasses
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from tritone.errors import MissingInput, ShapeMismatch, TextNotUtf8

__all__ = [
    "Audio",
    "Flag",
    "Int",
    "Pcm16",
    "Real",
    "Reals",
    "Seed",
    "Tensor",
    "Text",
    "Texts",
    "Vector",
    "decode",
    "encode",
    "fields",
]

AnyArray = npt.NDArray[Any]
M = TypeVar("M")

NUMPY: Final[Mapping[str, type[np.generic]]] = {
    "BYTES": np.object_,
    "BOOL": np.bool_,
    "INT16": np.int16,
    "INT32": np.int32,
    "UINT64": np.uint64,
    "FP32": np.float32,
}
"""KServe v2 datatype name to the numpy scalar type that carries it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Tensor:
    """Datatype (KServe v2 name) and shape of one tensor, without the batch axis."""

    dtype: str
    dims: tuple[int, ...]

    @property
    def single(self) -> bool:
        """Whether the tensor carries one value rather than a row of them."""
        return self.dims == (1,)


Text = Annotated[str, Tensor("BYTES", (1,))]
Texts = Annotated[tuple[str, ...], Tensor("BYTES", (-1,))]
Real = Annotated[float, Tensor("FP32", (1,))]
Reals = Annotated[npt.NDArray[np.float32], Tensor("FP32", (-1,))]
Int = Annotated[int, Tensor("INT32", (1,))]
Seed = Annotated[int, Tensor("UINT64", (1,))]
Flag = Annotated[bool, Tensor("BOOL", (1,))]
Audio = Annotated[npt.NDArray[np.float32], Tensor("FP32", (-1,))]
"""PCM samples, mono, nominally in [-1, 1]."""
Pcm16 = Annotated[npt.NDArray[np.int16], Tensor("INT16", (-1,))]
"""PCM samples, mono, signed 16 bit."""
Vector = Annotated[npt.NDArray[np.float32], Tensor("FP32", (384,))]


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One tensor of a message: its name, type, whether it may be absent, and what it means.

    `usual` is the value that an absent one has, where that is a single one, or None.
    """

    name: str
    tensor: Tensor
    optional: bool
    doc: str
    usual: Any = None


_known: dict[type[Any], tuple[Field, ...]] = {}


def fields(message: type[Any]) -> tuple[Field, ...]:
    """The tensors of a message class, in declaration order."""
    if message not in _known:
        _known[message] = _read_fields(message)
    return _known[message]


def _read_fields(message: type[Any]) -> tuple[Field, ...]:
    hints = typing.get_type_hints(message, include_extras=True)
    found = []
    for field in dataclasses.fields(message):
        tensor, doc = _annotation(hints[field.name])
        optional = (
            field.default is not dataclasses.MISSING
            or field.default_factory is not dataclasses.MISSING
        )
        single = tensor.single and field.default is not dataclasses.MISSING
        found.append(
            Field(field.name, tensor, optional, doc, usual=field.default if single else None)
        )
    return tuple(found)


def _annotation(hint: Any) -> tuple[Tensor, str]:
    """The `Tensor` and the doc string inside (possibly optional, possibly nested) Annotated."""
    tensor: Tensor | None = None
    doc = ""
    pending = [hint]
    while pending:
        item = pending.pop()
        for extra in getattr(item, "__metadata__", ()):
            if isinstance(extra, Tensor):
                tensor = tensor or extra
            elif isinstance(extra, str):
                doc = doc or extra
        pending.extend(arg for arg in typing.get_args(item) if hasattr(arg, "__origin__"))
    if tensor is None:
        raise TypeError(f"{hint!r} names no Tensor")
    return tensor, doc


def encode(message: Any, *, sparse: bool = False) -> dict[str, AnyArray]:
    """The tensors of one message, without a batch axis. A field that is None is left out.

    Args:
        message: of the contract.
        sparse: whether fields are left out that have the value of an absent one.
    """
    out: dict[str, AnyArray] = {}
    for field in fields(type(message)):
        value = getattr(message, field.name)
        usual = sparse and field.usual is not None and value == field.usual
        if value is not None and not usual:
            out[field.name] = _to_array(value, field.tensor)
    return out


def _to_array(value: Any, tensor: Tensor) -> AnyArray:
    if tensor.dtype == "BYTES":
        texts = (value,) if tensor.single else value
        array = np.empty(len(texts), dtype=np.object_)
        for i, text in enumerate(texts):
            array[i] = text.encode()
        return array
    array = np.asarray(value, dtype=NUMPY[tensor.dtype])
    return array.reshape(1) if tensor.single else array


def decode(message: type[M], read: Callable[[str], AnyArray | None]) -> M:
    """Builds a message from tensors without a batch axis.

    `read` answers the array of a tensor's name, or None where it was not sent.

    Raises:
        MissingInput: a required tensor was not sent.
        ShapeMismatch: a tensor has another shape than the contract says.
        TextNotUtf8: a BYTES tensor holds something else than UTF-8 text.
    """
    values: dict[str, Any] = {}
    for field in fields(message):
        array = read(field.name)
        if array is not None:
            values[field.name] = _from_array(array, field)
        elif not field.optional:
            raise MissingInput(f"tensor '{field.name}' is required")
    return message(**values)


def _from_array(array: AnyArray, field: Field) -> Any:
    expected = field.tensor.dims
    if array.ndim != 1 or (expected[0] != -1 and array.shape != expected):
        raise ShapeMismatch(
            f"tensor '{field.name}' has shape {list(array.shape)}, expected {list(expected)}"
        )
    if field.tensor.dtype == "BYTES":
        texts = tuple(_to_text(item, field.name) for item in array)
        return texts[0] if field.tensor.single else texts
    return array[0].item() if field.tensor.single else array


def _to_text(item: bytes | str, name: str) -> str:
    if isinstance(item, str):
        return item
    try:
        return item.decode()
    except UnicodeDecodeError as error:
        raise TextNotUtf8(
            f"tensor '{name}' is not UTF-8 text (byte {error.start}): encode it as UTF-8"
        ) from None
