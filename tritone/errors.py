"""Every way a request can fail, as one tree with stable codes.

    TritoneError
    ├── InvalidInput            the caller sent something it can mend
    │   ├── ShapeMismatch, TypeMismatch, MissingInput, ParameterOutOfRange
    │   ├── AudioEmpty, AudioNotFinite, AudioTooLong, NoSpeech
    │   ├── TextEmpty, TextTooLong, TextNotUtf8, PromptTooLong
    │   ├── UnknownVoice, UnknownLanguage, UnknownTask
    │   ├── InvalidMessages, InvalidSchema, InvalidTools
    │   └── BodyInvalid, PayloadTooLarge, AudioUndecodable, Unsupported
    ├── Unauthenticated         no key, or one that nobody gave out
    ├── PermissionDenied        a good key, for something else
    ├── NotFound                there is nothing of that name
    │   └── ModelNotFound           no model, version or alias
    ├── Cancelled               the caller went away
    ├── DeadlineExceeded        the caller's time ran out
    ├── Overloaded              a bounded queue is full: try again later
    │   └── RateLimited             the caller's own limit is used up
    ├── Unavailable             a server, a model or its process is not there
    │   └── ServerUnreachable, ModelNotReady, EngineDied, Draining, Superseded,
    │       HouseUnreachable        the home, or what stands before it
    ├── SetupError              this installation lacks something
    │   └── WeightsMissing, WeightsCorrupt, SourceUnreachable, PortInUse, ServerFailed
    └── Internal                a defect of ours
        └── IntentUnparsable        what the language model wrote is no intent

A code is part of the public protocol: it never changes once released. On the wire an error is
the text ``CODE: message`` inside Triton's own error, whose status comes from `Kind`; doors map
`Kind` to their own status (HTTP, gRPC, NATS) in one table each.
"""

import enum
import re
from typing import ClassVar

__all__ = [
    "AudioEmpty",
    "AudioNotFinite",
    "AudioTooLong",
    "AudioUndecodable",
    "BodyInvalid",
    "Cancelled",
    "DeadlineExceeded",
    "Draining",
    "EngineDied",
    "HouseUnreachable",
    "IntentUnparsable",
    "Internal",
    "InvalidInput",
    "InvalidMessages",
    "InvalidSchema",
    "InvalidTools",
    "Kind",
    "MissingInput",
    "ModelNotFound",
    "ModelNotReady",
    "NoSpeech",
    "NotFound",
    "Overloaded",
    "ParameterOutOfRange",
    "PayloadTooLarge",
    "PermissionDenied",
    "PortInUse",
    "PromptTooLong",
    "RateLimited",
    "ServerFailed",
    "ServerUnreachable",
    "SetupError",
    "ShapeMismatch",
    "SourceUnreachable",
    "Superseded",
    "TextEmpty",
    "TextNotUtf8",
    "TextTooLong",
    "TritoneError",
    "TypeMismatch",
    "Unauthenticated",
    "Unavailable",
    "UnknownLanguage",
    "UnknownTask",
    "UnknownVoice",
    "Unsupported",
    "WeightsCorrupt",
    "WeightsMissing",
    "from_wire",
]


class Kind(enum.Enum):
    """The class of a failure, named after the gRPC status that carries it."""

    INVALID_ARGUMENT = enum.auto()
    UNAUTHENTICATED = enum.auto()
    PERMISSION_DENIED = enum.auto()
    NOT_FOUND = enum.auto()
    CANCELLED = enum.auto()
    DEADLINE_EXCEEDED = enum.auto()
    RESOURCE_EXHAUSTED = enum.auto()
    UNAVAILABLE = enum.auto()
    FAILED_PRECONDITION = enum.auto()
    INTERNAL = enum.auto()


class TritoneError(Exception):
    """Base of the tree: a stable `code`, a `kind`, and a message that says how to mend it.

    Args:
        message: what went wrong and what to do about it.
        param: the field of the request that is at fault, where one is.
        retry_after: seconds after which another try makes sense, where that is known.
    """

    code: ClassVar[str] = "INTERNAL"
    kind: ClassVar[Kind] = Kind.INTERNAL

    def __init__(
        self, message: str, *, param: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after

    def to_wire(self) -> str:
        """The text put into Triton's error, read back by `from_wire`."""
        return f"{self.code}: {self.message}"


class InvalidInput(TritoneError):
    code = "INVALID_INPUT"
    kind = Kind.INVALID_ARGUMENT


class ShapeMismatch(InvalidInput):
    code = "SHAPE_MISMATCH"


class TypeMismatch(InvalidInput):
    code = "TYPE_MISMATCH"


class MissingInput(InvalidInput):
    code = "MISSING_INPUT"


class ParameterOutOfRange(InvalidInput):
    code = "PARAMETER_OUT_OF_RANGE"


class AudioEmpty(InvalidInput):
    code = "AUDIO_EMPTY"


class AudioNotFinite(InvalidInput):
    code = "AUDIO_NOT_FINITE"


class AudioTooLong(InvalidInput):
    code = "AUDIO_TOO_LONG"


class NoSpeech(InvalidInput):
    code = "NO_SPEECH"


class TextEmpty(InvalidInput):
    code = "TEXT_EMPTY"


class TextTooLong(InvalidInput):
    code = "TEXT_TOO_LONG"


class TextNotUtf8(InvalidInput):
    code = "TEXT_NOT_UTF8"


class PromptTooLong(InvalidInput):
    code = "PROMPT_TOO_LONG"


class UnknownVoice(InvalidInput):
    code = "UNKNOWN_VOICE"


class UnknownLanguage(InvalidInput):
    code = "UNKNOWN_LANGUAGE"


class UnknownTask(InvalidInput):
    code = "UNKNOWN_TASK"


class InvalidMessages(InvalidInput):
    code = "INVALID_MESSAGES"


class InvalidSchema(InvalidInput):
    code = "INVALID_SCHEMA"


class InvalidTools(InvalidInput):
    code = "INVALID_TOOLS"


class BodyInvalid(InvalidInput):
    code = "BODY_INVALID"


class PayloadTooLarge(InvalidInput):
    code = "PAYLOAD_TOO_LARGE"


class AudioUndecodable(InvalidInput):
    code = "AUDIO_UNDECODABLE"


class Unsupported(InvalidInput):
    code = "UNSUPPORTED"


class Unauthenticated(TritoneError):
    code = "UNAUTHENTICATED"
    kind = Kind.UNAUTHENTICATED


class PermissionDenied(TritoneError):
    code = "PERMISSION_DENIED"
    kind = Kind.PERMISSION_DENIED


class NotFound(TritoneError):
    code = "NOT_FOUND"
    kind = Kind.NOT_FOUND


class ModelNotFound(NotFound):
    code = "MODEL_NOT_FOUND"


class Cancelled(TritoneError):
    code = "CANCELLED"
    kind = Kind.CANCELLED


class DeadlineExceeded(TritoneError):
    code = "DEADLINE_EXCEEDED"
    kind = Kind.DEADLINE_EXCEEDED


class Overloaded(TritoneError):
    code = "OVERLOADED"
    kind = Kind.RESOURCE_EXHAUSTED


class RateLimited(Overloaded):
    code = "RATE_LIMITED"


class Unavailable(TritoneError):
    code = "UNAVAILABLE"
    kind = Kind.UNAVAILABLE


class ServerUnreachable(Unavailable):
    code = "SERVER_UNREACHABLE"


class ModelNotReady(Unavailable):
    code = "MODEL_NOT_READY"


class EngineDied(Unavailable):
    code = "ENGINE_DIED"


class Draining(Unavailable):
    code = "DRAINING"


class Superseded(Unavailable):
    code = "SUPERSEDED"


class HouseUnreachable(Unavailable):
    code = "HOUSE_UNREACHABLE"


class SetupError(TritoneError):
    code = "SETUP_ERROR"
    kind = Kind.FAILED_PRECONDITION


class WeightsMissing(SetupError):
    code = "WEIGHTS_MISSING"


class WeightsCorrupt(SetupError):
    code = "WEIGHTS_CORRUPT"


class SourceUnreachable(SetupError):
    code = "SOURCE_UNREACHABLE"


class PortInUse(SetupError):
    code = "PORT_IN_USE"


class ServerFailed(SetupError):
    code = "SERVER_FAILED"


class Internal(TritoneError):
    code = "INTERNAL"


class IntentUnparsable(Internal):
    code = "INTENT_UNPARSABLE"


def _tree(root: type[TritoneError]) -> dict[str, type[TritoneError]]:
    found = {root.code: root}
    for child in root.__subclasses__():
        found.update(_tree(child))
    return found


# Triton refuses some requests before a model sees them; these are its sentences, so that a
# caller gets our codes for them too (server: src/core/model_config_utils.cc, infer_request.cc).
_TRITON_TEXTS: tuple[tuple[str, type[TritoneError]], ...] = (
    (r"unexpected shape for input|batch-size must be|batch size does not match", ShapeMismatch),
    (r"expected \d+ inputs? but got|missing required input|not found for model", MissingInput),
    (r"unexpected inference input|must specify (a non-zero|the START)", InvalidInput),
    (r"doesn't support models with decoupled", InvalidInput),
    (r"data-?type .*expect|expect.* data-?type", TypeMismatch),
    (r"Exceeds maximum queue size|queue is full", Overloaded),
    (r"timeout expired|Deadline Exceeded", DeadlineExceeded),
    (r"Stub process .* is not healthy|failed to connect to .*stub", EngineDied),
    (r"Request for unknown model|is not ready|not found$", ModelNotReady),
    (r"failed to connect|Connection refused|Socket closed|errors resolving", ServerUnreachable),
    (r"[Cc]ancelled", Cancelled),
)
_CODED = re.compile(r"\b([A-Z][A-Z0-9_]{3,}): (.*)", re.DOTALL)


def from_wire(text: str) -> TritoneError:
    """The error that a Triton error text stands for.

    Our own models write ``CODE: message``, possibly behind a prefix that Triton adds. Triton's
    own refusals are recognised by their sentence. Anything else is `Internal`.
    """
    coded = _CODED.search(text)
    codes = _tree(TritoneError)
    if coded and coded.group(1) in codes:
        return codes[coded.group(1)](coded.group(2))
    for pattern, error in _TRITON_TEXTS:
        if re.search(pattern, text):
            return error(text)
    return Internal(text or "the server gave no reason")
