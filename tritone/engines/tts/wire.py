"""Just enough of the protobuf wire format to read and write parts of an ONNX file.

The `onnx` package is large and its parser builds an object for every weight; a voice needs three
nodes looked up and a few bytes written. Format: https://protobuf.dev/programming-guides/encoding
"""

from collections.abc import Iterator

__all__ = ["children", "message", "number", "text"]

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_SIZE = {_FIXED64: 8, _FIXED32: 4}


def children(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """The fields of the message in ``data[start:end]``.

    Yields ``(field, at, begin, stop)``: the field's number, where its key starts, and where its
    value lies. A number's value is its varint bytes.

    Raises:
        ValueError: the bytes are not a protobuf message.
    """
    at = start
    while at < end:
        key, begin = _varint(data, at, end)
        wire = key & 7
        if wire == _VARINT:
            stop = _varint(data, begin, end)[1]
        elif wire == _BYTES:
            size, begin = _varint(data, begin, end)
            stop = begin + size
        elif wire in _FIXED_SIZE:
            stop = begin + _FIXED_SIZE[wire]
        else:
            raise ValueError(f"byte {at}: wire type {wire} is none of protobuf's")
        if stop > end:
            raise ValueError(f"byte {at}: the field ends behind its message")
        yield key >> 3, at, begin, stop
        at = stop


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 64:  # a varint holds at most 64 bits
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # the continuation bit
            return value, at
        shift += 7
    raise ValueError(f"byte {at}: a number does not end")


def _encode_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # seven bits a byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def message(field: int, *parts: bytes) -> bytes:
    """A field that holds the message (or the bytes) made of `parts`."""
    body = b"".join(parts)
    return _encode_varint(field << 3 | _BYTES) + _encode_varint(len(body)) + body


def text(field: int, value: str) -> bytes:
    """A field that holds a string."""
    return message(field, value.encode())


def number(field: int, value: int) -> bytes:
    """A field that holds an integer that is not negative."""
    return _encode_varint(field << 3 | _VARINT) + _encode_varint(value)
