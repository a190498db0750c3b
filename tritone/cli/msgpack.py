"""MessagePack as something to read: JSON with the first bytes of what is binary."""

from datetime import datetime
from typing import Any, Final

import msgspec

__all__ = ["readable"]

_SHOWN_BYTES: Final = 16


def readable(data: bytes) -> Any:
    """What JSON can say of a message; bytes that are no MessagePack are shortened as such."""
    try:
        return _readable(msgspec.msgpack.decode(data, strict=False))
    except (msgspec.MsgspecError, RecursionError, ValueError, TypeError):
        return f"not MessagePack: {_shortened(data)}"


def _readable(value: Any) -> Any:
    match value:
        case dict():
            return {_key(key): _readable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_readable(inner) for inner in value]
        case bytes():
            return _shortened(value)
        case msgspec.msgpack.Ext():
            return f"extension {value.code}: {_shortened(bytes(value.data))}"
        case datetime():
            return value.isoformat()
        case _:
            return value


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(_readable(key))


def _shortened(data: bytes) -> str:
    more = " …" if len(data) > _SHOWN_BYTES else ""
    return f"{len(data):,} bytes: {data[:_SHOWN_BYTES].hex(' ')}{more}"
