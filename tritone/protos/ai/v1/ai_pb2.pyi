from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Path(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PATH_UNSPECIFIED: _ClassVar[Path]
    PATH_TEMPLATE: _ClassVar[Path]
    PATH_MODEL: _ClassVar[Path]
PATH_UNSPECIFIED: Path
PATH_TEMPLATE: Path
PATH_MODEL: Path

class QueryRequest(_message.Message):
    __slots__ = ("text", "source")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    text: str
    source: str
    def __init__(self, text: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class QueryResponse(_message.Message):
    __slots__ = ("reply", "intent", "action_taken", "actions", "path", "request_id")
    REPLY_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    ACTION_TAKEN_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    reply: str
    intent: str
    action_taken: bool
    actions: _containers.RepeatedCompositeFieldContainer[Action]
    path: Path
    request_id: str
    def __init__(self, reply: _Optional[str] = ..., intent: _Optional[str] = ..., action_taken: _Optional[bool] = ..., actions: _Optional[_Iterable[_Union[Action, _Mapping]]] = ..., path: _Optional[_Union[Path, str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class Action(_message.Message):
    __slots__ = ("intent", "entity_id", "params", "verified", "state")
    class ParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    INTENT_FIELD_NUMBER: _ClassVar[int]
    ENTITY_ID_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    intent: str
    entity_id: str
    params: _containers.ScalarMap[str, str]
    verified: bool
    state: str
    def __init__(self, intent: _Optional[str] = ..., entity_id: _Optional[str] = ..., params: _Optional[_Mapping[str, str]] = ..., verified: _Optional[bool] = ..., state: _Optional[str] = ...) -> None: ...
